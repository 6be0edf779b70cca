#include "config/table.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

struct iqdisc_options {
    std::string type;
    std::optional<std::int64_t> workers;
};

table<iqdisc_options> iqdisc_table() {
    using i = iqdisc_options;
    table<i> t{
        required("type", &i::type,
                 one_of<std::string>({{"no_queue", "no_queue"},
                                      {"one_queue", "one_queue"},
                                      {"queues", "queues"},
                                      {"parallel", "parallel"}}),
                 "In the caller's process, in one, in several, or in one for each request."),
        optional("workers", &i::workers, integer<std::int64_t>(1), "How many processes \"queues\" has."),
    };
    t.check([](reader& r, const node& section, iqdisc_options& i) {
        if (!i.workers || i.type == "queues") return;
        r.error(section.find("workers")->where(), "unexpected_key",
                "\"workers\" goes with type = \"queues\" only", "remove it, or write type = \"queues\"");
    });
    return t;
}

shape<std::string> words(const std::vector<std::string>& allowed) {
    std::vector<word<std::string>> pairs;
    for (const std::string& each : allowed) pairs.emplace_back(each, each);
    return one_of(pairs);
}

}  // namespace

option iqdisc(release since) {
    option o =
        section_never("iqdisc", iqdisc_table(),
                      "How requests to the module are dealt to processes; here they are answered in place.");
    return throughout(std::move(o), {.since = since, .until = {}});
}

option known_backend(const std::vector<std::string>& allowed, const std::optional<std::string>& fallback,
                     std::string meaning) {
    return known("backend", words(allowed), fallback, std::move(meaning));
}

option riak(const std::vector<std::string>& keys) {
    known_table t;
    for (const std::string& key : keys) {
        t.add(known(key, non_empty_text(), std::nullopt, "Name of a Riak bucket type or index."));
    }
    option o = section_never("riak", t, "How data was kept in Riak, which no release supports any more.");
    return throughout(std::move(o), {.since = "4.0.0"_r, .until = "6.1.0"_r});
}

option worker_pool(const std::string& strategy) {
    const known_table t{
        known("workers", integer<std::int64_t>(1), 10, "How many processes there are."),
        known("strategy",
              words({"best_worker", "random_worker", "next_worker", "available_worker",
                     "next_available_worker"}),
              strategy, "Which of them gets the next piece of work."),
        known("call_timeout", milliseconds(1), std::chrono::milliseconds(5000),
              "How long a caller waits for one of them."),
        known("max_worker_queue_len", integer<std::int64_t>(0), std::nullopt,
              "Pieces of work that may wait for one process.")
            .since("6.6.0"_r),
    };
    return known_section("wpool", t, "The processes that share the module's work.");
}

option throughout(option entry, release_range releases) {
    release_range& its = entry.releases;
    its.since = std::max(its.since, releases.since);
    if (releases.until) its.until = std::min(*releases.until, its.until.value_or(*releases.until));
    if (entry.inside) {
        auto inside = std::make_shared<option_table>(*entry.inside);
        for (option& each : inside->options) each = throughout(std::move(each), releases);
        entry.inside = std::move(inside);
    }
    return entry;
}

rewriting stays() {
    return [](rewriter& r, node& table, member old) {
        std::string key = old.key;
        r.put(table, std::move(key), std::move(old));
    };
}

rewriting moved_inside(std::string section, std::string key) {
    return [section = std::move(section), key = std::move(key)](rewriter& r, node& table, member old) {
        const std::string modern = section + '.' + key;
        r.warn(old.where, "old_name", "this is an older name of \"" + modern + '"',
               "write \"" + modern + "\" instead");
        // Where [section] is no table, the reader says so; what would go into it is lost with it.
        if (node* const inside = table_inside(table, section, old.where)) r.put(*inside, key, std::move(old));
    };
}

node* table_inside(node& table, const std::string& key, place where) {
    if (!table.find(key)) table.table()->push_back({key, where, node(node_table{}, where)});
    node* const inside = table.find(key);
    return inside->table() ? inside : nullptr;
}

std::optional<member> take_member(node& table, std::string_view key) {
    if (!table.table()) return std::nullopt;
    node_table& members = *table.table();
    const auto at =
        std::find_if(members.begin(), members.end(), [key](const member& m) { return m.key == key; });
    if (at == members.end()) return std::nullopt;
    member taken = std::move(*at);
    members.erase(at);
    return taken;
}

}  // namespace meerkat
