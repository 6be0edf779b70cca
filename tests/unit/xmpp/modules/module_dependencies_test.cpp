#include "xmpp/modules/module_dependencies.hpp"

#include "config/reader.hpp"
#include "config/table.hpp"
#include "xmpp/modules/modules_options.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat;

namespace {

config::node modules(const std::string& text) {
    config::diagnostics findings;
    auto read = config::read_document(text, "f", findings);
    REQUIRE(read);
    return *read;
}

modules_options options(const std::string& text) {
    config::reader r("f");
    modules_options read;
    modules_table().read(r, modules(text), read);
    CHECK(r.error_count() == 0);
    return read;
}

}  // namespace

TEST_CASE("a module brings those it needs, and those bring theirs") {
    const auto section = modules("[mod_blocking]\n[mod_bind2]\n[mod_ping]\n");
    CHECK(with_dependencies(section) == std::set<std::string_view>{"mod_bind2", "mod_blocking", "mod_ping",
                                                                   "mod_presence", "mod_privacy",
                                                                   "mod_sasl2"});
    CHECK(with_dependencies(modules("")).empty());
}

TEST_CASE("publish-subscribe brings capabilities for personal events only") {
    CHECK(
        with_dependencies(modules("[mod_pubsub_old]\nplugins = [\"flat\", \"pep\"]\n")).contains("mod_caps"));
    CHECK_FALSE(with_dependencies(modules("[mod_pubsub_old]\nplugins = [\"flat\"]\n")).contains("mod_caps"));
    CHECK_FALSE(with_dependencies(modules("[mod_pubsub_old]\n")).contains("mod_caps"));
}

TEST_CASE("presence is on where a module brings it") {
    CHECK(options("[mod_blocking]\n").mod_presence);
    CHECK(options("[mod_privacy]\n").mod_presence);
    CHECK_FALSE(options("[mod_roster]\n").mod_presence);
}
