// What becomes of module sections that older releases wrote otherwise.

#include "gateway/configuration.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

using namespace meerkat;
using config::operator""_r;

namespace {

struct read_file {
    configuration_reading reading;

    explicit read_file(const std::string& more, std::optional<config::release> as = std::nullopt)
        : reading(read_configuration("[general]\nhosts = [\"a.example\", \"b.example\"]\n"
                                     "[auth]\nmethods = [\"internal\"]\n" +
                                         more,
                                     "f", as)) {
        for (const auto& d : reading.findings) listing += config::render(d) + '\n';
    }

    // In the modern tree; null if it is not there.
    const config::node* at(std::string_view path) const {
        const config::node* here = &*reading.modern;
        while (here && !path.empty()) {
            const std::size_t dot = path.find('.');
            here = here->find(path.substr(0, dot));
            path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
        }
        return here;
    }
    std::string word(std::string_view path) const {
        const auto* found = at(path);
        return found && found->text() ? *found->text() : "(not there)";
    }
    std::int64_t number(std::string_view path) const {
        const auto* found = at(path);
        return found && found->integer() ? *found->integer() : -1;
    }

    // How many findings have a reason; `text` is part of them.
    long said(std::string_view reason, std::string_view text = {}) const {
        return std::count_if(reading.findings.begin(), reading.findings.end(), [&](const auto& d) {
            return d.reason == reason && d.text.find(text) != std::string::npos;
        });
    }

    std::string listing;
};

}  // namespace

TEST_CASE("how requests are dealt to processes is checked, and draws one remark") {
    const read_file right("[modules.mod_ping]\niqdisc = {type = \"queues\", workers = 4}\n");
    INFO(right.listing);
    CHECK(right.reading.accepted());
    CHECK(right.said("no_effect") == 1);
    CHECK(read_file("[modules.mod_ping]\niqdisc.type = \"queue\"\n").said("validate_enum_failed") == 1);
    CHECK(read_file("[modules.mod_ping]\niqdisc.workers = 4\n").said("missing_mandatory_keys") == 1);
    const read_file surplus("[modules.mod_sic]\niqdisc = {type = \"parallel\", workers = 4}\n");
    CHECK(surplus.said("unexpected_key", "\"queues\" only") == 1);
}

TEST_CASE("a module section with an option of the older mod_pubsub is read as mod_pubsub_old") {
    const auto moves = [](const std::string& section) {
        const read_file f(section);
        INFO(f.listing);
        CHECK(f.reading.accepted());
        return f.at("modules.mod_pubsub_old") && !f.at("modules.mod_pubsub") && f.said("old_name") == 1;
    };
    CHECK(moves("[modules.mod_pubsub]\nplugins = [\"flat\", \"pep\"]\nmax_items_node = 7\n"));
    CHECK(moves("[modules.mod_pubsub]\ndefault_node_config.deliver_payloads = true\n"));
    CHECK(moves("[modules.mod_pubsub]\nwpool.workers = 3\n"));
    CHECK(moves("[modules.mod_pubsub]\nbackend = \"mnesia\"\n"));
    CHECK(moves("[modules.mod_pubsub]\ndefault_node_config.access_model = \"whitelist\"\n"));
    const read_file twice(
        "[modules.mod_pubsub_old]\npep_mapping = [{namespace = \"x\", node = \"y\"}, "
        "{namespace = \"x\", node = \"z\"}]\n");
    CHECK(twice.said("duplicate_values") == 1);
    const read_file values("[modules.mod_pubsub]\nhost = \"p.@HOST@\"\nmax_items_node = 7\n");
    CHECK(values.number("modules.mod_pubsub_old.max_items_node") == 7);
    CHECK(values.reading.generation.read_as == "6.7.0"_r);
    CHECK(values.reading.generation.because.starts_with("modules.mod_pubsub."));
}

TEST_CASE("mod_pubsub of the newest releases stays what it is, and of older ones becomes mod_pubsub_old") {
    const read_file fresh("[modules.mod_pubsub]\nbackend = \"rdbms\"\nmax_items_per_node = 3\n");
    INFO(fresh.listing);
    CHECK(fresh.reading.accepted());
    CHECK(fresh.at("modules.mod_pubsub"));
    CHECK(fresh.said("old_name") == 0);
    const read_file empty("[modules.mod_presence]\n[modules.mod_pubsub]\n", "6.7.0"_r);
    CHECK(empty.at("modules.mod_pubsub_old"));
    const read_file both("[modules.mod_pubsub]\nplugins = [\"pep\"]\n[modules.mod_pubsub_old]\n");
    CHECK(both.said("duplicate_option") == 1);
}

TEST_CASE("mod_bosh becomes service_bosh with its options") {
    const read_file f("[modules.mod_presence]\n[modules.mod_bosh]\ninactivity = 20\nmaxpause = 60\n");
    INFO(f.listing);
    CHECK(f.number("services.service_bosh.inactivity") == 20);
    CHECK(f.number("services.service_bosh.max_pause") == 60);
    CHECK_FALSE(f.at("services.service_bosh.host_types"));
    CHECK_FALSE(f.at("modules.mod_bosh"));
    CHECK(f.said("old_name") == 1);
    CHECK(f.said("old_place", "services.service_bosh") == 1);
    CHECK(read_file("[modules.mod_bosh]\n[services.service_bosh]\n").said("duplicate_option") == 1);
}

TEST_CASE("mod_bosh of some hosts becomes host_types of service_bosh") {
    const read_file one(
        "[[host_config]]\nhost = \"B.example\"\n[host_config.modules.mod_bosh]\nmax_wait = 9\n");
    INFO(one.listing);
    CHECK(one.number("services.service_bosh.max_wait") == 9);
    const auto* names = one.at("services.service_bosh.host_types");
    REQUIRE(names);
    REQUIRE(names->array()->size() == 1);
    CHECK(*names->array()->front().text() == "b.example");

    const read_file but_one(
        "[modules.mod_bosh]\n[[host_config]]\nhost = \"a.example\"\n"
        "[host_config.modules.mod_presence]\n");
    names = but_one.at("services.service_bosh.host_types");
    REQUIRE(names);
    REQUIRE(names->array()->size() == 1);
    CHECK(*names->array()->front().text() == "b.example");

    const read_file unlike(
        "[modules.mod_bosh]\ninactivity = 5\n[[host_config]]\nhost = \"a.example\"\n"
        "[host_config.modules.mod_bosh]\ninactivity = 6\n");
    CHECK_FALSE(unlike.at("services.service_bosh.host_types"));
    CHECK(unlike.number("services.service_bosh.inactivity") == 5);
    CHECK(unlike.said("old_place", "one set of options for all domains") == 1);
}

TEST_CASE("options of directories lose their prefix") {
    const read_file f(
        "[modules.mod_vcard]\nldap_base = \"dc=x\"\n"
        "[[modules.mod_vcard.ldap_uids]]\nattr = \"name\"\n"
        "[modules.mod_shared_roster_ldap]\nldap_groupattr = \"ou\"\nldap_user_cache_size = 5\n");
    INFO(f.listing);
    CHECK(f.reading.accepted());
    CHECK(f.word("modules.mod_vcard.ldap.base") == "dc=x");
    CHECK(f.at("modules.mod_vcard.ldap.uids"));
    CHECK(f.word("modules.mod_shared_roster_ldap.groupattr") == "ou");
    CHECK(f.said("old_name") == 4);
    CHECK(f.reading.generation.read_as == "5.0.1"_r);
    CHECK(read_file("[modules.mod_vcard]\nldap_base = \"a\"\nldap.base = \"b\"\n").said("duplicate_option") ==
          1);
}

TEST_CASE("presence is added to files of the releases that needed no module for it") {
    const read_file old("[modules.mod_time]\n", "6.0.0"_r);
    INFO(old.listing);
    CHECK(old.at("modules.mod_presence"));
    CHECK(old.said("old_default") == 1);
    CHECK(old.reading.value->modules.mod_presence);
    CHECK_FALSE(read_file("[modules.mod_time]\n", "6.1.0"_r).at("modules.mod_presence"));
    CHECK(read_file("[modules.mod_presence]\n", "6.0.0"_r).said("old_default") == 0);
    CHECK_FALSE(read_file("", "6.0.0"_r).at("modules"));
}

TEST_CASE("the periods of tokens become tables by their tokens") {
    const read_file f(
        "[modules.mod_auth_token]\n"
        "[[modules.mod_auth_token.validity_period]]\ntoken = \"access\"\nvalue = 13\nunit = "
        "\"minutes\"\n"
        "[[modules.mod_auth_token.validity_period]]\ntoken = \"provision\"\nvalue = 1\nunit = "
        "\"days\"\n");
    INFO(f.listing);
    CHECK(f.reading.accepted());
    CHECK(f.number("modules.mod_auth_token.validity_period.access.value") == 13);
    CHECK(f.word("modules.mod_auth_token.validity_period.access.unit") == "minutes");
    CHECK(f.said("old_form") == 1);
    CHECK(f.said("no_effect", "provision") == 1);
    const read_file wrong("[modules.mod_auth_token]\nvalidity_period = [{value = 1}]\n");
    CHECK(wrong.said("wrong_type") == 1);
    const read_file twice(
        "[modules.mod_auth_token]\nvalidity_period = [{token = \"access\", value = 1, unit "
        "= \"days\"}, {token = \"access\", value = 2, unit = \"days\"}]\n");
    CHECK(twice.said("duplicate_values") == 1);
}

TEST_CASE("words that switched stream management off become keys") {
    const read_file f("[modules.mod_stream_management]\nbuffer_max = \"no_buffer\"\nack_freq = \"never\"\n");
    INFO(f.listing);
    CHECK(f.reading.accepted());
    REQUIRE(f.at("modules.mod_stream_management.buffer"));
    CHECK_FALSE(*f.at("modules.mod_stream_management.buffer")->boolean());
    CHECK_FALSE(*f.at("modules.mod_stream_management.ack")->boolean());
    CHECK_FALSE(f.at("modules.mod_stream_management.ack_freq"));
    CHECK(f.said("old_form") == 2);
}

TEST_CASE("older notification modules become parts of mod_event_pusher") {
    const read_file f(
        "[modules.mod_http_notification]\npool_name = \"p\"\npath = \"/n\"\n"
        "[modules.mod_aws_sns]\nregion = \"eu-west-1\"\n");
    INFO(f.listing);
    CHECK(f.word("modules.mod_event_pusher.sns.region") == "eu-west-1");
    const auto* handlers = f.at("modules.mod_event_pusher.http.handlers");
    REQUIRE(handlers);
    REQUIRE(handlers->array()->size() == 1);
    CHECK(*handlers->array()->front().find("pool_name")->text() == "p");
    CHECK(f.said("old_name") == 2);
    CHECK(f.reading.generation.read_as == "4.0.0"_r);
}

TEST_CASE("command modules are taken out with the reason") {
    const read_file f("[modules.mod_presence]\n[modules.mod_commands]\n[modules.mod_muc_light_commands]\n",
                      "5.0.0"_r);
    INFO(f.listing);
    CHECK(f.reading.accepted());
    CHECK(f.said("no_effect", "without it") == 2);
    CHECK_FALSE(f.at("modules.mod_commands"));
}

TEST_CASE("older words of global distribution become keys and tables") {
    const std::string hosts = "[modules.mod_global_distrib]\nglobal_host = \"x\"\nlocal_host = \"y\"\n";
    const read_file words(hosts + "bounce = false\nconnections.tls = false\n");
    INFO(words.listing);
    CHECK(words.reading.accepted());
    CHECK_FALSE(*words.at("modules.mod_global_distrib.bounce.enabled")->boolean());
    CHECK_FALSE(words.at("modules.mod_global_distrib.connections.tls"));
    const read_file on(hosts + "connections.tls = {enabled = true, dhfile = \"CMakeCache.txt\"}\n");
    CHECK(on.at("modules.mod_global_distrib.connections.tls"));
    CHECK_FALSE(on.at("modules.mod_global_distrib.connections.tls.enabled"));
    CHECK(on.reading.generation.read_as == "4.0.1"_r);
    const read_file off(hosts + "connections.tls.enabled = false\n");
    CHECK_FALSE(off.at("modules.mod_global_distrib.connections.tls"));
    const read_file wrong(hosts + "connections.endpoints = [{host = \"a b\", port = 1}]\n");
    CHECK(wrong.said("validate_oneof_failed") == 1);
}

TEST_CASE("backends that meant something else in older releases are written out") {
    const read_file f("[modules.mod_presence]\n[modules.mod_private]\n", "5.0.1"_r);
    CHECK(f.word("modules.mod_private.backend") == "mnesia");
    CHECK(f.said("old_default", "mnesia") == 1);
    const read_file newer("[modules.mod_private]\n");
    CHECK_FALSE(newer.at("modules.mod_private.backend"));
    const read_file riak("[modules.mod_roster]\nbackend = \"riak\"\nriak.bucket_type = \"r\"\n");
    INFO(riak.listing);
    CHECK(riak.reading.accepted());
    CHECK(riak.said("not_supported_yet", "Riak") == 1);
    CHECK(riak.said("no_effect") == 1);
    CHECK(riak.reading.value->modules.mod_roster->backend == storage_backend::mnesia);
}

TEST_CASE("keys of the keystore come from files that exist, each under a name of its own") {
    const testing::temporary_directory folder;
    const std::string file = (folder / "key").string();
    std::ofstream(file) << "secret";
    const std::string keys = "[modules.mod_keystore]\n[[modules.mod_keystore.keys]]\nname = \"a\"\n";
    const read_file old(keys + "type = \"file\"\nfile = \"" + file + "\"\n");
    INFO(old.listing);
    CHECK(old.reading.accepted());
    CHECK(old.said("old_name") == 1);
    CHECK(old.reading.generation.read_as == "4.0.1"_r);
    CHECK(read_file(keys + "type = \"file\"\n").said("missing_mandatory_keys") == 1);
    const read_file twice(keys +
                          "type = \"ram\"\n[[modules.mod_keystore.keys]]\nname = \"a\"\ntype = \"ram\"\n");
    CHECK(twice.said("duplicate_values") == 1);
}

TEST_CASE("modules that keep somebody out are not left out silently") {
    CHECK_FALSE(read_file("[modules.mod_domain_isolation]\n").reading.servable());
    CHECK_FALSE(read_file("[modules.mod_blocklist]\n").reading.servable());
    CHECK(read_file("[modules.mod_carboncopy]\n").reading.servable());
}

TEST_CASE("a module that no release had is refused") {
    CHECK(read_file("[modules.mod_foo]\n").said("module_not_found") == 1);
}
