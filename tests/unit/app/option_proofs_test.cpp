// Nothing that an administrator writes is silently without effect: every option that works has a line in
// tests/option_proofs.tsv with the test that would fail if its effect were gone. For options of listeners the
// line that has the effect stands in tests/option_effects.tsv; scripts/prove takes it out.

#include "config/catalogue.hpp"
#include "config/table.hpp"
#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat;

namespace {

const std::filesystem::path root(MEERKAT_SOURCE_DIR);
const std::filesystem::path tests = root / "tests";

struct proof {
    std::string file;  // below tests/
    std::string name;  // of the test, or the title of a conversation
};
using proofs = std::multimap<std::string, proof>;  // by path of the option

// `path<TAB>file<TAB>name`; lines that begin with # are remarks.
proofs read_proofs(std::string& broken) {
    proofs all;
    std::ifstream in(tests / "option_proofs.tsv");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == '#') continue;
        const std::size_t first = line.find('\t');
        const std::size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
        if (second == std::string::npos) {
            broken += "\nnot three columns: " + line;
            continue;
        }
        all.emplace(line.substr(0, first),
                    proof{line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
    return all;
}

// Options that do something of their own: written in today's spelling, and acted on.
std::set<std::string> options_that_work() {
    std::set<std::string> paths;
    const auto table = configuration_table();
    for (const auto& each : config::list_options(table.content())) {
        if (each.entry->form == config::option_form::value && each.state == config::option_state::works &&
            !each.older && !each.served_anyway)
            paths.insert(each.path);
    }
    return paths;
}

// In host_config stand options of other sections: each does there what it does everywhere, which its own
// test proves. That a host gets its own values, section by section, is proven for whole sections by
// unit/app/host_config_test.cpp and scenarios/wire_hosts_test.cpp.
std::string proven_as(const std::string& path, const std::set<std::string>& working) {
    constexpr std::string_view of_a_host = "host_config[].";
    if (!path.starts_with(of_a_host)) return path;
    const std::string general = path.substr(of_a_host.size());
    for (const std::string& same : {general, "general." + general}) {
        if (working.contains(same)) return same;
    }
    return path;
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// How a test is written down where it stands.
std::string written(const proof& p) {
    if (p.file.ends_with(".cpp")) return '"' + p.name + '"';
    if (p.file.starts_with("scenarios/scripts/")) return "## " + p.name + '\n';
    return p.name;
}

// Listeners that are known but not served yet; their own change will bring their effects.
bool served(const std::string& path) {
    return path.starts_with("listen.c2s[]") || path.starts_with("listen.http[]");
}

struct effect {
    std::string path, file, text;
};

std::vector<effect> read_effects() {
    std::vector<effect> all;
    std::ifstream in(tests / "option_effects.tsv");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream cells(line);
        effect& e = all.emplace_back();
        std::getline(std::getline(std::getline(cells, e.path, '\t'), e.file, '\t'), e.text, '\t');
    }
    return all;
}

std::size_t occurrences(const std::string& text, const std::string& in) {
    std::size_t count = 0;
    for (std::size_t at = in.find(text); at != std::string::npos; at = in.find(text, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("every option that works has a test that proves its effect") {
    std::string broken;
    const proofs proven = read_proofs(broken);
    const auto working = options_that_work();
    CHECK(working.size() > 50);
    std::string unproven;
    for (const std::string& path : working) {
        if (!proven.contains(proven_as(path, working))) unproven += '\n' + path;
    }
    INFO("options without a line in tests/option_proofs.tsv:" << unproven);
    CHECK(unproven.empty());
    for (const auto& [path, by] : proven) {
        if (!working.contains(path)) broken += "\nno option that works: " + path;
    }
    INFO("tests/option_proofs.tsv:" << broken);
    CHECK(broken.empty());
}

TEST_CASE("every test that proves an option's effect is there") {
    std::string broken, missing;
    std::map<std::string, std::string> files;
    for (const auto& [path, by] : read_proofs(broken)) {
        const auto [file, fresh] = files.try_emplace(by.file);
        if (fresh) file->second = content_of(tests / by.file);
        if (file->second.find(written(by)) == std::string::npos)
            missing += '\n' + path + ": " + by.file + " holds no test \"" + by.name + '"';
    }
    INFO(missing);
    CHECK(missing.empty());
}

TEST_CASE("every option of a listener has the line that can be taken out to see its test fail") {
    std::set<std::string> shown;
    std::string wrong;
    for (const effect& e : read_effects()) {
        if (!shown.insert(e.path).second) wrong += "\ntwice: " + e.path;
        const std::size_t count = e.text.empty() ? 0 : occurrences(e.text, content_of(root / e.file));
        if (count != 1)
            wrong += "\n" + e.path + ": the text stands " + std::to_string(count) + " times in " + e.file;
    }
    const auto working = options_that_work();
    for (const std::string& path : working) {
        if (served(path) && !shown.contains(path)) wrong += "\nno line for " + path;
    }
    for (const std::string& path : shown) {
        if (!working.contains(path)) wrong += "\nno option that works: " + path;
    }
    INFO("tests/option_effects.tsv:" << wrong);
    CHECK(wrong.empty());
}
