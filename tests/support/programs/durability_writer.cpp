// Registers accounts and changes rosters as fast as it can, and says on standard output what was
// acknowledged, one line each, until it is killed. Its parent, a test, then looks whether all of that is in
// the file.

#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"
#include "xmpp/storage/sqlite_storage.hpp"

#include <cstdio>
#include <unistd.h>

using namespace meerkat;

namespace {

void say(const std::string& line) {
    const std::string whole = line + "\n";
    if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) ::_exit(1);
}

task<> write_forever(storage::sqlite_storage& data, int lane, std::string run) {
    for (int i = 0;; ++i) {
        const std::string name = "u" + run + "-" + std::to_string(lane) + "-" + std::to_string(i);
        std::vector<sasl::scram_keys> keys{
            sasl::derive_keys(hash_function::sha256, name, "0123456789abcdef", 1)};
        const auto created =
            co_await data.accounts().create(name, "localhost", std::move(keys), std::nullopt);
        if (created.has_value()) say("account " + name);

        const jid owner = *jid::make(name, "localhost");
        storage::roster_item item;
        item.contact = *jid::parse("romeo@localhost");
        item.groups = {"one", "two"};
        const auto put = co_await data.rosters().put(owner, std::move(item));
        if (put.has_value()) say("roster " + name);

        if (i % 3 != 0) continue;
        const auto removed = co_await data.accounts().remove(name, "localhost");
        if (removed.has_value()) say("removed " + name);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) return 2;
    auto opened = storage::sqlite_storage::open({.file = arguments[1]});
    if (opened.has_error()) {
        std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
        return 1;
    }
    runtime shards(1);
    task_group lanes(shards.at(0));
    for (int lane = 0; lane < 8; ++lane) lanes.spawn(write_forever(**opened, lane, arguments[2]));
    shards.at(0).run();
    return 0;
}
