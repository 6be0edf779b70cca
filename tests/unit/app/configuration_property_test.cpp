// What holds for every option of the tables, whichever options there are: files of right values are right.

#include "config/catalogue.hpp"
#include "config/rewriter.hpp"
#include "config/table.hpp"
#include "config/toml_text.hpp"
#include "gateway/config_commands/migrate.hpp"
#include "gateway/configuration.hpp"
#include "tests/unit/app/configuration_maker.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace meerkat;
using config::option;
using config::option_form;
using testing::configuration_maker;
using testing::option_use;

namespace {

std::string errors_of(const configuration_reading& reading) {
    std::string all;
    for (const auto& each : reading.findings) {
        if (each.level == config::severity::error) all += render(each) + '\n';
    }
    return all;
}

const config::option_table& options() {
    static const auto table = configuration_table();
    return table.content();
}

std::string text_of(const config::node& root) { return write_toml(root, {}); }

// A wrong change to an option of a file, and where the finding has to be.
struct mutation {
    std::string name;
    std::string path;
    std::function<void()> apply;
};

class mutations {
public:
    explicit mutations(const option_use& use) : use_(use) {
        if (use.entry->required)
            add("left out", use.section, [use] {
                std::erase_if(*use.in->table(), [&](const auto& m) { return m.key == use.entry->key; });
            });
        if (use.entry->form == option_form::value) {
            of_value();
        } else {
            of_section();
        }
    }

    const std::vector<mutation>& all() const { return all_; }

private:
    void add(std::string name, std::string path, std::function<void()> apply) {
        all_.push_back({std::move(name), std::move(path), std::move(apply)});
    }
    void becomes(std::string name, config::node::content value) {
        add(std::move(name), use_.path,
            [use = use_, made = config::node(std::move(value), {})] { use.value() = made; });
    }

    void of_value() {
        using type = config::value_kind::type;
        const config::value_kind& kind = use_.entry->kind;
        if (kind.is == type::boolean) {
            becomes("a number for a boolean", std::int64_t{1});
        } else {
            becomes("a boolean", true);
        }
        becomes("a table", config::node_table{});
        becomes("not a number", std::numeric_limits<double>::quiet_NaN());
        if (kind.is != type::list) becomes("an array", config::node_array{});
        if (kind.is == type::string) becomes("a number for a string", std::int64_t{5});
        if (kind.is == type::integer) becomes("a string for a number", std::string("many"));
        if (kind.is == type::list) becomes("a string for an array", std::string("word"));
        if (kind.least && *kind.least > std::numeric_limits<std::int64_t>::min())
            becomes("too small", *kind.least - 1);
        if (kind.most && *kind.most < std::numeric_limits<std::int64_t>::max())
            becomes("too large", *kind.most + 1);
        if (!kind.words.empty()) becomes("no word of the list", std::string("surely no word of it"));
        if (kind.file || kind.directory) becomes("a file that is not there", std::string("/no/such/file"));
        if (kind.non_empty && kind.is == type::string) becomes("empty", std::string());
        if (kind.is != type::list) return;
        if (kind.non_empty) becomes("empty", config::node_array{});
        if (kind.unique && !use_.value().array()->empty())
            add("an item twice", use_.path, [use = use_] {
                config::node first = use.value().array()->front();
                use.value().array()->push_back(std::move(first));
            });
    }

    void of_section() {
        becomes("a number", std::int64_t{5});
        const bool is_array = use_.entry->form == option_form::sections;
        if (is_array) {
            becomes("a table for an array", config::node_table{});
        } else {
            becomes("an array for a table", config::node_array{});
        }
        config::node* inside = nullptr;
        if (use_.entry->form == option_form::section) inside = &use_.value();
        if (is_array && !use_.value().array()->empty()) inside = &use_.value().array()->front();
        if (!inside) return;
        add("an unknown key", use_.path, [inside] {
            inside->table()->push_back({"surely_unknown", {}, config::node(std::int64_t{5}, {})});
        });
    }

    option_use use_;
    std::vector<mutation> all_;
};

bool has_error_at(const configuration_reading& reading, const std::string& path) {
    return std::any_of(reading.findings.begin(), reading.findings.end(), [&path](const auto& each) {
        return each.level == config::severity::error && each.path == path && each.where.line > 0 &&
               !each.text.empty();
    });
}

// Breaks the option at `position` of a file's options in one way, and looks whether that is said.
void check_refused(configuration_maker& maker, const config::node& right, std::size_t position) {
    config::node wrong = right;
    const option_use use = maker.uses(wrong).at(position);
    const mutations possible(use);
    if (possible.all().empty()) return;
    const mutation& chosen = possible.all()[maker.below(static_cast<unsigned>(possible.all().size()))];
    chosen.apply();
    const std::string text = text_of(wrong);
    const auto reading = read_configuration(text, "f");
    INFO(use.path << ": " << chosen.name << ", expected at " << chosen.path << "\n"
                  << text << errors_of(reading));
    CHECK(!reading.accepted());
    CHECK(has_error_at(reading, chosen.path));
}

struct writable_option {
    std::string path;  // as list_options() writes it
    const option* entry;
    config::release_range releases;  // that had it and all the sections around it
};

// Every option with everything around it. Sections of hosts are made of the same tables as those of the file.
std::vector<writable_option> writable_options() {
    std::map<std::string, config::release_range> around;
    std::vector<writable_option> all;
    for (const config::listed_option& each : config::list_options(options())) {
        config::release_range here = each.entry->releases;
        // The nearest section around it.
        auto section = around.end();
        for (std::size_t dot = each.path.rfind('.'); dot != std::string::npos && section == around.end();
             dot = each.path.rfind('.', dot - 1))
            section = around.find(each.path.substr(0, dot));
        if (section != around.end()) {
            const config::release_range& outer = section->second;
            here.since = std::max(here.since, outer.since);
            if (outer.until) {
                here.until = std::min(*outer.until, here.until.value_or(*outer.until));
                here.own = false;  // it came with an older section
            }
        }
        around.emplace(each.path, here);
        const bool again = each.path.starts_with("host_config[].") &&
                           std::count(each.path.begin(), each.path.end(), '.') > 1;
        if (!again) all.push_back({each.path, each.entry, here});
    }
    return all;
}

// Whether a file that is accepted still is after its migration, in today's spelling and with the same effect.
void check_migration(const configuration_reading& before, const std::string& text) {
    const auto migrated = migrated_text(before);
    INFO(text);
    REQUIRE(migrated);
    const auto after = read_configuration(*migrated, "f");
    INFO("migrated:\n" << *migrated << errors_of(after));
    CHECK(after.accepted());
    CHECK(after.servable() == before.servable());
    for (const auto& change : config::differences(before.effective, after.effective)) {
        INFO("before: " << (change.before ? change.before->value : "-"));
        INFO("after: " << (change.after ? change.after->value : "-"));
        CHECK(change.path.empty());
    }
    config::diagnostics older;
    config::diagnostics unread;
    auto document = config::read_document(*migrated, "f", unread);
    REQUIRE(document);
    config::rewriter("f", after.generation.read_as, *document, older).modernize(options());
    for (const auto& each : older) {
        INFO(render(each));
        CHECK(each.reason.empty());
    }
}

}  // namespace

TEST_CASE("every option has a meaning, and every value says what it expects") {
    for (const config::listed_option& each : config::list_options(options())) {
        INFO(each.path);
        CHECK(each.entry->meaning.ends_with('.'));
        if (each.entry->form == option_form::value) CHECK_FALSE(each.entry->expected.empty());
    }
}

TEST_CASE("every option can be written with a value of its kind, and with no wrong one") {
    configuration_maker maker(options());
    for (const writable_option& each : writable_options()) {
        if (!each.releases.admits(config::releases::newest)) continue;
        config::node root = maker.with(each.path);
        const std::string text = text_of(root);
        const auto reading = read_configuration(text, "f");
        INFO(each.path << "\n" << text << errors_of(reading));
        CHECK(reading.accepted());
        const auto uses = maker.uses(root);
        const auto at = std::find_if(uses.begin(), uses.end(),
                                     [&each](const option_use& use) { return use.entry == each.entry; });
        REQUIRE(at != uses.end());
        check_refused(maker, root, static_cast<std::size_t>(at - uses.begin()));
    }
}

TEST_CASE("a file of any valid options is accepted, and refused with a place after any wrong change") {
    configuration_maker maker(options());
    for (unsigned seed = 0; seed < 60; ++seed) {
        maker.seed(seed);
        config::node root = maker.some();
        const std::string text = text_of(root);
        const auto reading = read_configuration(text, "f");
        INFO("seed " << seed << "\n" << text << errors_of(reading));
        CHECK(reading.accepted());
        if (!reading.accepted()) continue;
        check_migration(reading, text);
        const auto uses = maker.uses(root);
        for (int i = 0; i < 4; ++i)
            check_refused(maker, root, maker.below(static_cast<unsigned>(uses.size())));
    }
}

TEST_CASE("every older spelling is accepted, and gone after a migration that changes no effect") {
    for (const config::release release : config::all_releases()) {
        if (release < config::releases::first_toml) continue;
        configuration_maker maker(options(), release);
        for (const writable_option& each : writable_options()) {
            // Each in the last release that had it.
            if (each.releases.until != release || !each.releases.admits(release)) continue;
            const std::string text = text_of(maker.with(each.path));
            const auto reading = read_configuration(text, "f");
            INFO(to_string(release) << ": " << each.path << "\n" << text << errors_of(reading));
            CHECK(reading.accepted());
            if (reading.accepted()) check_migration(reading, text);
        }
    }
}

TEST_CASE("a file of any release has the same effect after its migration") {
    unsigned files = 0;
    unsigned accepted = 0;
    for (const config::release release : config::all_releases()) {
        if (release < config::releases::first_toml) continue;
        configuration_maker maker(options(), release);
        for (unsigned seed = 0; seed < 4; ++seed) {
            maker.seed(seed);
            const std::string text = text_of(maker.some());
            const auto reading = read_configuration(text, "f");
            ++files;
            // Some releases had two names for one thing, and a file may not have both.
            if (!reading.accepted()) continue;
            ++accepted;
            INFO(to_string(release) << ", seed " << seed);
            check_migration(reading, text);
        }
    }
    CHECK(accepted > files / 10 * 9);
}
