#include "gateway/cfg/cfg_file.hpp"
#include "tests/support/shown_node.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace meerkat;
using meerkat::test::shown;

namespace {

config::node read(const std::string& options, config::diagnostics& findings) {
    auto root = read_cfg("{modules, [" + options + "]}.", "m.cfg", findings);
    REQUIRE(root);
    return std::move(*root);
}

// The table of a module whose options are right.
std::string module(const std::string& name, const std::string& options) {
    config::diagnostics findings;
    const config::node root = read("{" + name + ", [" + options + "]}", findings);
    INFO(options);
    if (!findings.empty()) INFO(render(findings.front()));
    CHECK(findings.empty());
    return shown(*root.find("modules")->find(name));
}

config::diagnostic finding(const std::string& name, const std::string& options) {
    config::diagnostics findings;
    read("{" + name + ", [" + options + "]}", findings);
    INFO(options);
    REQUIRE(findings.size() == 1);
    return findings.front();
}

}  // namespace

TEST_CASE("options of any module keep their names, values and order") {
    CHECK(module("mod_x",
                 "{a, 5}, {b, \"t\"}, {c, <<\"u\">>}, {d, atom}, {e, true}, {f, infinity}, {g, 1.5}") ==
          "{a = 5, b = \"t\", c = \"u\", d = \"atom\", e = true, f = \"infinity\", g = 1.5}");
    CHECK(module("mod_x", "{l, [a, \"b\", 3]}, {t, [{x, 1}, y]}, {e, []}, {n, [[{x, 1}], [{x, 2}]]}, flag") ==
          "{l = [\"a\", \"b\", 3], t = {x = 1, y = true}, e = [], n = [{x = 1}, {x = 2}], flag = true}");
    CHECK(module("mod_x", "") == "{}");
    CHECK(finding("mod_x", "{a, {1, 2}}").reason == "no_modern_form");
    CHECK(finding("mod_x", "{a, {1, 2}}").path == "modules.mod_x.a");
    CHECK(finding("mod_x", "{a, 1}, {a, 2}").reason == "duplicate_option");
    CHECK(finding("mod_x", "{a, 1, 2}").reason == "wrong_type");
    CHECK(finding("mod_x", "5").reason == "wrong_type");
}

TEST_CASE("a module that is given twice counts once") {
    config::diagnostics findings;
    const auto root = read("{mod_a, [{x, 1}]}, {mod_b, []}, {mod_a, [{x, 2}]}", findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().reason == "duplicate_option");
    CHECK(shown(root) == "{modules = {mod_a = {x = 1}, mod_b = {}}}");
}

TEST_CASE("options of all modules: workers of IQs, and buckets of Riak") {
    CHECK(module("mod_last", "{iqdisc, one_queue}") == "{iqdisc = {type = \"one_queue\"}}");
    CHECK(module("mod_last", "{iqdisc, {queues, 10}}") == "{iqdisc = {type = \"queues\", workers = 10}}");
    CHECK(
        module("mod_privacy", "{backend, riak}, {bucket_type, <<\"b\">>}, {names_bucket_type, <<\"n\">>}") ==
        "{backend = \"riak\", riak = {bucket_type = \"b\", names_bucket_type = \"n\"}}");
}

TEST_CASE("registration: who may, and what is said to new users") {
    CHECK(module("mod_register",
                 "{ip_access, [{allow, \"127.0.0.0/8\"}, {deny, \"0.0.0.0/0\"}]}, {access, register}") ==
          "{ip_access = [{policy = \"allow\", address = \"127.0.0.0/8\"}, {policy = \"deny\", address = "
          "\"0.0.0.0/0\"}], access = \"register\"}");
    CHECK(module("mod_register", "{welcome_message, {\"S\", \"B\"}}") ==
          "{welcome_message = {subject = \"S\", body = \"B\"}}");
    for (const char* nothing : {"{\"\", \"\"}", "{\"\"}", "\"\"", "[]"}) {
        CHECK(module("mod_register", std::string("{welcome_message, ") + nothing + "}") == "{}");
    }
    CHECK(module("mod_register", "{registration_watchers, [<<\"a@b\">>]}, {password_strength, 32}") ==
          "{registration_watchers = [\"a@b\"], password_strength = 32}");
    CHECK(finding("mod_register", "{ip_access, [\"127.0.0.1\"]}").reason == "wrong_type");
}

TEST_CASE("archives: one table for people, one for rooms") {
    CHECK(module("mod_mam_meta",
                 "{backend, rdbms}, {pm, [{user_prefs_store, rdbms}]}, {muc, [{host, \"muc.@HOST@\"}, "
                 "{rdbms_message_format, simple}, {async_writer, false}]}") ==
          "{backend = \"rdbms\", pm = {user_prefs_store = \"rdbms\"}, muc = {host = \"muc.@HOST@\", "
          "rdbms_message_format = \"simple\", async_writer = false}}");
    CHECK(module("mod_mam_meta", "{pm, []}, {muc, false}") == "{pm = {}}");
    CHECK(module("mod_mam_meta", "pm, {muc, []}") == "{pm = {}, muc = {}}");
}

TEST_CASE("rooms: defaults, affiliations, limits, schemas") {
    CHECK(module("mod_muc",
                 "{max_room_id, infinite}, {max_room_name, 5}, {default_room_options, [{public, true}, "
                 "{affiliations, [{{<<\"a\">>, <<\"h\">>, <<\"r\">>}, owner}]}]}") ==
          "{max_room_id = \"infinity\", max_room_name = 5, default_room = {public = true, affiliations = "
          "[{user = "
          "\"a\", server = \"h\", resource = \"r\", affiliation = \"owner\"}]}}");
    CHECK(module("mod_muc_light",
                 "{config_schema, [\"subject\", {\"roomname\", \"The Room\"}, {\"lines\", 30, "
                 "display_lines, integer}]}") ==
          "{config_schema = [{field = \"subject\", string_value = \"\"}, {field = \"roomname\", string_value "
          "= \"The "
          "Room\"}, {field = \"lines\", integer_value = 30, internal_key = \"display_lines\"}]}");
    CHECK(module("mod_muc_log", "{outdir, \"/l\"}, {top_link, {\"/\", \"Home\"}}, {cssfile, <<\"c\">>}") ==
          "{outdir = \"/l\", top_link = {target = \"/\", text = \"Home\"}, css_file = \"c\"}");
    CHECK(module("mod_muc_log", "{cssfile, false}") == "{}");
}

TEST_CASE("events are pushed by the backends of a list") {
    CHECK(module(
              "mod_event_pusher",
              "{backends, [{push, [{backend, mnesia}, {wpool, []}, {virtual_pubsub_hosts, [\"a\"]}]}, {http, "
              "[{pool_name, p}, {path, \"/n\"}]}, {http, [{pool_name, q}]}, {rabbit, [{presence_exchange, "
              "[]}]}]}") ==
          "{push = {backend = \"mnesia\", wpool = {}, virtual_pubsub_hosts = [\"a\"]}, http = {handlers = "
          "[{pool_name = "
          "\"p\", path = \"/n\"}, {pool_name = \"q\"}]}, rabbit = {presence_exchange = {}}}");
}

TEST_CASE("stream management: what switched a part off") {
    CHECK(module("mod_stream_management",
                 "{buffer_max, no_buffer}, {ack_freq, never}, {stale_h, [{enabled, true}, "
                 "{stale_h_repeat_after, 1800}, {stale_h_geriatric, 3600}]}") ==
          "{buffer = false, ack = false, stale_h = {enabled = true, repeat_after = 1800, geriatric = 3600}}");
    CHECK(module("mod_stream_management", "{buffer_max, 30}, {ack_freq, 1}, {resume_timeout, 600}") ==
          "{buffer_max = 30, ack_freq = 1, resume_timeout = 600}");
}

TEST_CASE("links between sites: endpoints, TLS, bouncing") {
    CHECK(
        module("mod_global_distrib",
               "{connections, [{endpoints, [{\"172.16.0.2\", 5555}]}, {advertised_endpoints, false}, "
               "{num_of_connections, 22}, {tls_opts, [{certfile, \"c\"}, {cafile, \"ca\"}]}]}, {bounce, "
               "false}, {redis, []}") ==
        "{connections = {endpoints = [{host = \"172.16.0.2\", port = 5555}], connections_per_endpoint = 22, "
        "tls = "
        "{enabled = true, certfile = \"c\", cacertfile = \"ca\"}}, bounce = {enabled = false}, redis = {}}");
    CHECK(module("mod_global_distrib", "{bounce, [{max_retries, 3}]}, {connections, [{tls_opts, false}]}") ==
          "{bounce = {max_retries = 3}, connections = {}}");
}

TEST_CASE("lists of tuples become lists of tables") {
    CHECK(module("mod_disco",
                 "{server_info, [{all, \"abuse\", [\"a@x\"]}, {[mod_muc], \"help\", [\"b\", \"c\"]}]}, "
                 "{extra_domains, [<<\"d\">>]}") ==
          "{server_info = [{name = \"abuse\", urls = [\"a@x\"]}, {name = \"help\", urls = [\"b\", \"c\"], "
          "modules = "
          "[\"mod_muc\"]}], extra_domains = [\"d\"]}");
    CHECK(module("mod_keystore", "{keys, [{a, ram}, {b, {file, \"p\"}}]}") ==
          "{keys = [{name = \"a\", type = \"ram\"}, {name = \"b\", type = \"file\", path = \"p\"}]}");
    CHECK(module("mod_pubsub",
                 "{plugins, [<<\"flat\">>]}, {pep_mapping, [{\"ns\", \"n\"}]}, {last_item_cache, false}, "
                 "{default_node_config, [{max_items, 5}]}") ==
          "{plugins = [\"flat\"], pep_mapping = [{namespace = \"ns\", node = \"n\"}], last_item_cache = "
          "\"false\", "
          "default_node_config = {max_items = 5}}");
    CHECK(module("mod_vcard",
                 "{ldap_vcard_map, [{<<\"FN\">>, <<\"%s\">>, [<<\"cn\">>]}]}, {ldap_uids, [uid]}, "
                 "{ldap_search_fields, [{\"User\", \"%u\"}]}, {ldap_search_reported, [{\"N\", \"FN\"}]}") ==
          "{ldap_vcard_map = [{vcard_field = \"FN\", ldap_pattern = \"%s\", ldap_field = \"cn\"}], ldap_uids "
          "= [{attr = "
          "\"uid\"}], ldap_search_fields = [{search_field = \"User\", ldap_field = \"%u\"}], "
          "ldap_search_reported = "
          "[{search_field = \"N\", vcard_field = \"FN\"}]}");
    CHECK(module("mod_revproxy",
                 "{routes, [{\"h\", \"/p\", \"_\", \"http://u\"}, {\"h\", \"/p\", \"http://u\"}, {\"h\", "
                 "get, \"http://u\"}]}") ==
          "{routes = [{host = \"h\", path = \"/p\", method = \"_\", upstream = \"http://u\"}, {host = \"h\", "
          "path = "
          "\"/p\", upstream = \"http://u\"}, {host = \"h\", path = \"_\", method = \"get\", upstream = "
          "\"http://u\"}]}");
    CHECK(module("mod_extdisco", "[{type, stun}, {host, \"h\"}], [{type, turn}]") ==
          "{service = [{type = \"stun\", host = \"h\"}, {type = \"turn\"}]}");
    CHECK(module("mod_auth_token",
                 "{{validity_period, access}, {13, minutes}}, {{validity_period, refresh}, {2, days}}") ==
          "{validity_period = {access = {value = 13, unit = \"minutes\"}, refresh = {value = 2, unit = "
          "\"days\"}}}");
    CHECK(module("mod_http_upload",
                 "{host, \"upload.@HOST@\"}, {s3, [{bucket_url, \"https://b\"}, {add_acl, true}]}") ==
          "{host = \"upload.@HOST@\", s3 = {bucket_url = \"https://b\", add_acl = true}}");
}
