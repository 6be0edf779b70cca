#include "config/catalogue.hpp"
#include "config/table.hpp"
#include "gateway/cfg/cfg_file.hpp"
#include "gateway/configuration.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat;

namespace {

// The files in option_rows/ list the options that releases of MongooseIM had, one path a line. Names that the
// administrator chooses are written `*` or `<what they name>`; `<a|b>` stands for a path with each of them.
std::vector<std::string> paths_of(std::string_view row) {
    const std::size_t open = row.find_first_of("<*");
    if (open == std::string_view::npos) return {std::string(row)};
    const std::size_t close = row[open] == '*' ? open : row.find('>', open);
    const std::string before(row.substr(0, open));
    const std::string_view hole = row.substr(open, close + 1 - open);
    const auto rest = paths_of(row.substr(close + 1));
    std::vector<std::string> paths;
    const auto add = [&](const std::string& in_between) {
        for (const std::string& after : rest) paths.push_back(before + in_between + after);
    };
    if (hole.find('|') == std::string_view::npos) {
        add("<name>");
        return paths;
    }
    for (std::size_t from = 1; from < hole.size();) {
        const std::size_t to = hole.find_first_of("|>", from);
        add(std::string(hole.substr(from, to - from)));
        from = to + 1;
    }
    return paths;
}

// Modules and handlers are closed lists here: each that may stand for it has an entry of its own.
bool stands_for_a_closed_list(std::string_view row) {
    return row.find("<other module>") != std::string_view::npos;
}

}  // namespace

TEST_CASE("rows of option lists are expanded to the paths they stand for") {
    CHECK(paths_of("a.b[].c") == std::vector<std::string>{"a.b[].c"});
    CHECK(paths_of("shaper.*.max_rate") == std::vector<std::string>{"shaper.<name>.max_rate"});
    CHECK(paths_of("a.<b|c>.<tag>.d") == std::vector<std::string>{"a.b.<name>.d", "a.c.<name>.d"});
}

TEST_CASE("every option that a release ever had is an entry of the option table") {
    std::set<std::string> known;
    const auto table = configuration_table();
    for (const auto& each : config::list_options(table.content())) known.insert(each.path);
    std::size_t rows = 0;
    for (const auto& file : std::filesystem::directory_iterator(MEERKAT_OPTION_ROWS)) {
        std::ifstream in(file.path());
        std::string missing;
        for (std::string row; std::getline(in, row); ++rows) {
            if (stands_for_a_closed_list(row)) continue;
            for (const std::string& path : paths_of(row))
                if (!known.contains(path)) missing += '\n' + path;
        }
        INFO(file.path().filename().string() << missing);
        CHECK(missing.empty());
    }
    // 953 options of releases, the two of a host's general section counted one by one, and 25 of Meerkat's
    // own.
    CHECK(rows + cfg_listener_options().size() == 953 + 2 + 25);
}
