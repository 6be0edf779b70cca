#include "tests/support/cfg_reading.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>

using namespace meerkat;
using namespace meerkat::test;

namespace {

// The only listener of a file that has nothing wrong, shown.
std::string listener(const std::string& term) {
    const cfg_reading r = read("{listen, [" + term + "]}.");
    INFO(term);
    INFO(all(r.findings));
    CHECK(r.findings.empty());
    const auto& types = *r.root.find("listen")->table();
    REQUIRE(types.size() == 1);
    REQUIRE(types.front().value.array()->size() == 1);
    return types.front().key + " " + shown(types.front().value.array()->front());
}

std::string c2s(const std::string& options) { return listener("{1, ejabberd_c2s, [" + options + "]}"); }
std::string http(const std::string& options) { return listener("{1, ejabberd_cowboy, [" + options + "]}"); }
std::string handler(const std::string& term) {
    const std::string whole = http("{modules, [" + term + "]}");
    const std::string start = "http {port = 1, handlers = {";
    REQUIRE(whole.starts_with(start));
    return whole.substr(start.size(), whole.size() - start.size() - 2);
}

config::diagnostic finding(const std::string& term) { return finding_of("{listen, [" + term + "]}."); }

void check_refused(const std::string& term, const std::string& reason, const std::string& said) {
    const auto d = finding(term);
    INFO(render(d));
    CHECK(d.level == config::severity::error);
    CHECK(d.reason == reason);
    CHECK(d.text.find(said) != std::string::npos);
    CHECK(d.where.line == 1);
    CHECK(d.where.column > 10);
}

// What each documented option becomes, and should.
using rows = std::map<std::string, std::pair<std::string, std::string>>;

const rows& rows_of_sockets() {
    static const rows all{
        {"{Port, Module, Options}", {listener("{5222, ejabberd_c2s, []}"), "c2s {port = 5222}"}},
        {"ejabberd_c2s: {certfile, F}",
         {c2s("starttls, {certfile, \"c.pem\"}"),
          "c2s {port = 1, tls = {mode = \"starttls\", certfile = \"c.pem\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {cafile, F}",
         {c2s("tls, {cafile, \"ca.pem\"}"),
          "c2s {port = 1, tls = {mode = \"tls\", cacertfile = \"ca.pem\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {crlfiles, L}",
         {c2s("tls, {crlfiles, [\"a\", \"b\"]}"),
          "c2s {port = 1, tls = {mode = \"tls\", crl_files = [\"a\", \"b\"], verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: verify_peer",
         {c2s("verify_peer"), "c2s {port = 1, tls = {verify_mode = \"peer\", mode = \"starttls\"}}"}},
        {"ejabberd_c2s: starttls",
         {c2s("starttls"), "c2s {port = 1, tls = {mode = \"starttls\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: starttls_required",
         {c2s("starttls_required, starttls"),
          "c2s {port = 1, tls = {mode = \"starttls_required\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: tls",
         {c2s("starttls, tls, starttls_required"),
          "c2s {port = 1, tls = {mode = \"tls\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {tls_module, M}",
         {c2s("tls, {tls_module, just_tls}"),
          "c2s {port = 1, tls = {mode = \"tls\", module = \"just_tls\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {zlib, N}",
         {c2s("{zlib, 10000}") + c2s("{zlib, unlimited}"),
          "c2s {port = 1, zlib = 10000}c2s {port = 1, zlib = \"infinity\"}"}},
        {"ejabberd_c2s: {ciphers, S}",
         {c2s("tls, {ciphers, \"ECDHE\"}"),
          "c2s {port = 1, tls = {mode = \"tls\", ciphers = \"ECDHE\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {access, Rule}", {c2s("{access, c2s}"), "c2s {port = 1, access = \"c2s\"}"}},
        {"ejabberd_c2s: {c2s_shaper, Rule}", {c2s("{c2s_shaper, r}"), "c2s {port = 1, shaper = \"r\"}"}},
        {"ejabberd_c2s: {max_stanza_size, N}",
         {c2s("{max_stanza_size, 65536}"), "c2s {port = 1, max_stanza_size = 65536}"}},
        {"ejabberd_c2s: {backlog, N}", {c2s("{backlog, 200}"), "c2s {port = 1, backlog = 200}"}},
        {"ejabberd_c2s: {max_fsm_queue, N}",
         {c2s("{max_fsm_queue, 5}"), "c2s {port = 1, max_fsm_queue = 5}"}},
        {"ejabberd_c2s: {protocol_options, L}",
         {c2s("tls, {protocol_options, [\"no_sslv3\", no_tlsv1]}"),
          "c2s {port = 1, tls = {mode = \"tls\", protocol_options = [\"no_sslv3\", \"no_tlsv1\"], "
          "verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {dhfile, F}",
         {c2s("tls, {dhfile, \"dh.pem\"}"),
          "c2s {port = 1, tls = {mode = \"tls\", dhfile = \"dh.pem\", verify_mode = \"none\"}}"}},
        {"ejabberd_c2s: {hibernate_after, N}",
         {c2s("{hibernate_after, 10}"), "c2s {port = 1, hibernate_after = 10}"}},
        {"ejabberd_c2s: {acceptors_num, N}",
         {c2s("{acceptors_num, 3}"), "c2s {port = 1, num_acceptors = 3}"}},
        {"ejabberd_s2s_in: {shaper, Rule}",
         {listener("{2, ejabberd_s2s_in, [{shaper, r}]}"), "s2s {port = 2, shaper = \"r\"}"}},
        {"ejabberd_s2s_in: {max_stanza_size, N}",
         {listener("{2, ejabberd_s2s_in, [{max_stanza_size, 7}]}"), "s2s {port = 2, max_stanza_size = 7}"}},
        {"ejabberd_s2s_in: {protocol_options, L}",
         {listener("{2, ejabberd_s2s_in, [{protocol_options, [\"no_sslv3\"]}]}"),
          "s2s {port = 2, tls = {protocol_options = [\"no_sslv3\"]}}"}},
        {"ejabberd_s2s_in: {dhfile, F}",
         {listener("{2, ejabberd_s2s_in, [{dhfile, \"dh\"}]}"), "s2s {port = 2, tls = {dhfile = \"dh\"}}"}},
        {"ejabberd_service: {access, Rule}",
         {listener("{2, ejabberd_service, [{access, all}]}"), "service {port = 2, access = \"all\"}"}},
        {"ejabberd_service: {password, S}",
         {listener("{2, ejabberd_service, [{password, \"p\"}]}"), "service {port = 2, password = \"p\"}"}},
        {"ejabberd_service: {shaper_rule, Name}",
         {listener("{2, ejabberd_service, [{shaper_rule, fast}]}"),
          "service {port = 2, shaper_rule = \"fast\"}"}},
        {"ejabberd_service: {service_check_from, B}",
         {listener("{2, ejabberd_service, [{service_check_from, false}]}"),
          "service {port = 2, check_from = false}"}},
        {"ejabberd_service: {max_fsm_queue, N}",
         {listener("{2, ejabberd_service, [{max_fsm_queue, 9}]}"), "service {port = 2, max_fsm_queue = 9}"}},
        {"ejabberd_service: {hidden_components, B}",
         {listener("{2, ejabberd_service, [{hidden_components, true}]}"),
          "service {port = 2, hidden_components = true}"}},
    };
    return all;
}

const rows& rows_of_http() {
    static const std::string socket = "{\"_\", \"/ws\", mod_websockets, ";
    static const std::string proxy = "{\"_\", \"/[...]\", mod_revproxy, ";
    static const std::string at_ws = "mod_websockets = [{host = \"_\", path = \"/ws\"";
    static const std::string at_proxy = "mod_revproxy = [{host = \"_\", path = \"/[...]\"";
    static const std::string at_cowboy = "mod_cowboy = [{host = \"_\", path = \"/x\"";
    static const rows all{
        {"ejabberd_cowboy: {ip, T}",
         {http("{ip, {127, 0, 0, 1}}"), "http {port = 1, ip_address = \"127.0.0.1\"}"}},
        {"ejabberd_cowboy: {num_acceptors, N}",
         {http("{num_acceptors, 10}"), "http {port = 1, transport = {num_acceptors = 10}}"}},
        {"ejabberd_cowboy: {transport_options, L}",
         {http("{transport_options, [{max_connections, 1024}, {num_acceptors, 2}]}"),
          "http {port = 1, transport = {max_connections = 1024, num_acceptors = 2}}"}},
        {"ejabberd_cowboy: {protocol_options, L}",
         {http("{protocol_options, [{compress, true}]}"), "http {port = 1, protocol = {compress = true}}"}},
        {"ejabberd_cowboy: {ssl, L}",
         {http("{ssl, [{certfile, \"c\"}, {keyfile, \"k\"}, {password, \"\"}]}"),
          "http {port = 1, tls = {certfile = \"c\", keyfile = \"k\", password = \"\", verify_mode = "
          "\"none\"}}"}},
        {"ejabberd_cowboy: {modules, [{Host, Path, Handler, Opts}]}",
         {handler("{\"h\", \"/p\", mongoose_api_admin, []}"),
          "mongoose_api_admin = [{host = \"h\", path = \"/p\"}]"}},
        {"ejabberd_cowboy: handler mod_bosh",
         {handler("{\"_\", \"/http-bind\", mod_bosh}"),
          "mod_bosh = [{host = \"_\", path = \"/http-bind\"}]"}},
        {"ejabberd_cowboy: handler mod_websockets {timeout, N}",
         {handler(socket + "[{timeout, infinity}]}"), at_ws + ", timeout = \"infinity\"}]"}},
        {"ejabberd_cowboy: handler mod_websockets {ping_rate, N}",
         {handler(socket + "[{ping_rate, 2000}]}"), at_ws + ", ping_rate = 2000}]"}},
        {"ejabberd_cowboy: handler mod_websockets {max_stanza_size, N}",
         {handler(socket + "[{max_stanza_size, 100}]}"), at_ws + ", max_stanza_size = 100}]"}},
        {"ejabberd_cowboy: handler mod_websockets {ejabberd_service, L}",
         {handler(socket + "[{ejabberd_service, [{access, all}, {shaper_rule, fast}, {password, \"p\"}, "
                           "{service_check_from, false}, {conflict_behaviour, kick_old}]}]}"),
          at_ws + ", service = {access = \"all\", shaper_rule = \"fast\", password = \"p\", "
                  "check_from = false, conflict_behaviour = \"kick_old\"}}]"}},
        {"ejabberd_cowboy: handler mongoose_api {handlers, L}",
         {handler("{\"l\", \"/api\", mongoose_api, [{handlers, [mongoose_api_metrics]}]}"),
          "mongoose_api = [{host = \"l\", path = \"/api\", handlers = [\"mongoose_api_metrics\"]}]"}},
        {"ejabberd_cowboy: handler mongoose_api_admin {auth, {User, Pass}}",
         {handler("{\"l\", \"/api\", mongoose_api_admin, [{auth, {<<\"u\">>, <<\"p\">>}}]}"),
          "mongoose_api_admin = [{host = \"l\", path = \"/api\", username = \"u\", password = \"p\"}]"}},
        {"ejabberd_cowboy: handler mongoose_api_client / mongoose_api_client_contacts",
         {handler("{\"l\", \"/api\", mongoose_api_client, []}, "
                  "{\"l\", \"/api/contacts/{:jid}\", mongoose_api_client_contacts, []}"),
          "mongoose_api_client = [{host = \"l\", path = \"/api\"}], "
          "mongoose_client_api_contacts = [{host = \"l\", path = \"/api/contacts/[:jid]\"}]"}},
        {"ejabberd_cowboy: handler mod_cowboy {http, Handler, Opts}",
         {handler("{\"_\", \"/x\", mod_cowboy, [{http, mod_revproxy, [{timeout, 5000}]}]}"),
          at_cowboy + ", http = {handler = \"mod_revproxy\", timeout = 5000}}]"}},
        {"ejabberd_cowboy: handler mod_cowboy {ws, Protocol, Handler}",
         {handler("{\"_\", \"/x\", mod_cowboy, [{ws, xmpp, mod_websockets}, {ws, other, mod_websockets, "
                  "[{timeout, 1}]}]}"),
          at_cowboy + ", ws = [{protocol = \"xmpp\", handler = \"mod_websockets\"}, "
                      "{protocol = \"other\", handler = \"mod_websockets\", timeout = 1}]}]"}},
        {"ejabberd_cowboy: handler mod_revproxy {timeout, N}",
         {handler(proxy + "[{timeout, 5000}]}"), at_proxy + ", timeout = 5000}]"}},
        {"ejabberd_cowboy: handler mod_revproxy {body_length, N}",
         {handler(proxy + "[{body_length, infinity}]}"), at_proxy + ", body_length = \"infinity\"}]"}},
        {"ejabberd_cowboy: handler mod_revproxy {custom_headers, L}",
         {handler(proxy + "[{custom_headers, [{<<\"a\">>, <<\"1\">>}, {<<\"a\">>, <<\"2\">>}]}]}"),
          at_proxy + ", custom_headers = [{name = \"a\", value = \"1\"}, {name = \"a\", value = \"2\"}]}]"}},
    };
    return all;
}

}  // namespace

TEST_CASE("each documented listener term becomes the option that does the same") {
    std::set<std::string> seen;
    for (const cfg_option& option : cfg_listener_options()) {
        const rows& expected = rows_of_sockets().contains(option.path) ? rows_of_sockets() : rows_of_http();
        const auto row = expected.find(option.path);
        INFO(option.path);
        REQUIRE(row != expected.end());
        CHECK(row->second.first == row->second.second);
        CHECK(seen.insert(option.path).second);
        CHECK_FALSE(option.type.empty());
        CHECK_FALSE(option.fallback.empty());
        CHECK(option.meaning.ends_with('.'));
    }
    CHECK(seen.size() == 49);
}

TEST_CASE("a port stands alone, with an address, with a protocol, or with both") {
    CHECK(listener("{{1, {127, 0, 0, 1}}, ejabberd_c2s, []}") ==
          "c2s {port = 1, ip_address = \"127.0.0.1\"}");
    CHECK(listener("{{1, \"10.0.0.1\"}, ejabberd_c2s, []}") == "c2s {port = 1, ip_address = \"10.0.0.1\"}");
    CHECK(listener("{{1, {0, 0, 0, 0, 0, 0, 0, 1}}, ejabberd_c2s, []}") ==
          "c2s {port = 1, ip_address = \"::1\"}");
    CHECK(listener("{{1, {16#2001, 16#db8, 0, 0, 0, 0, 0, 16#ff}}, ejabberd_c2s, []}") ==
          "c2s {port = 1, ip_address = \"2001:db8::ff\"}");
    CHECK(listener("{{1, tcp}, ejabberd_c2s, []}") == "c2s {port = 1, proto = \"tcp\"}");
    CHECK(listener("{{1, \"::\", tcp}, ejabberd_c2s, []}") ==
          "c2s {port = 1, ip_address = \"::\", proto = \"tcp\"}");
    CHECK(c2s("inet6, {proto, tcp}") == "c2s {port = 1, ip_version = 6, proto = \"tcp\"}");
    CHECK(c2s("inet, {ip, {1, 2, 3, 4}}") == "c2s {port = 1, ip_version = 4, ip_address = \"1.2.3.4\"}");
    check_refused("{{1, {1, 2, 3, 256}}, ejabberd_c2s, []}", "wrong_type", "expected an IP address");
    check_refused("{{1, {1, 2, 3}}, ejabberd_c2s, []}", "wrong_type", "expected an IP address");
    check_refused("{\"1\", ejabberd_c2s, []}", "wrong_type", "expected a port");
}

TEST_CASE("protocols other than tcp are refused") {
    for (const char* protocol : {"udp", "ws", "wss"}) {
        const std::string p = protocol;
        check_refused("{{1, " + p + "}, ejabberd_c2s, []}", "unsupported_protocol", "only tcp is served");
        check_refused("{{1, \"::\", " + p + "}, ejabberd_c2s, []}", "unsupported_protocol", p);
        check_refused("{1, ejabberd_c2s, [{proto, " + p + "}]}", "unsupported_protocol", p);
    }
}

TEST_CASE("a certificate alone switches no TLS on, and that is said") {
    const auto r = read("{listen, [{1, ejabberd_c2s, [{certfile, \"c\"}, {access, all}]}]}.");
    REQUIRE(r.findings.size() == 1);
    CHECK(r.findings.front().level == config::severity::warning);
    CHECK(r.findings.front().reason == "no_effect");
    CHECK(r.findings.front().where == config::place{1, 31});
    CHECK(shown(*r.root.find("listen")) == "{c2s = [{port = 1, access = \"all\"}]}");
}

TEST_CASE("a flag may be written as a pair") {
    CHECK(c2s("{starttls, true}") == c2s("starttls"));
    CHECK(c2s("{starttls, false}") == "c2s {port = 1}");
    check_refused("{1, ejabberd_c2s, [{starttls, maybe}]}", "wrong_type", "the bare name starttls");
}

TEST_CASE("options of just_tls and files' own options beside the documented ones are read") {
    CHECK(c2s("{shaper, s}, {proxy_protocol, true}") ==
          "c2s {port = 1, shaper = \"s\", proxy_protocol = true}");
    CHECK(c2s("starttls, {tls_module, just_tls}, {ssl_options, [{certfile, \"c\"}, {verify_fun, {peer, "
              "false}}, {versions, ['tlsv1.2']}]}") ==
          "c2s {port = 1, tls = {mode = \"starttls\", module = \"just_tls\", certfile = \"c\", verify_mode = "
          "\"peer\", disconnect_on_failure = false, versions = [\"tlsv1.2\"]}}");
    CHECK(http("{max_connections, 5}") == "http {port = 1, transport = {max_connections = 5}}");
    CHECK(listener("{1, ejabberd_service, [{conflict_behaviour, kick_old}, {backlog, 5}]}") ==
          "service {port = 1, conflict_behaviour = \"kick_old\", backlog = 5}");
    CHECK(listener("{1, ejabberd_s2s_in, [{ciphers, \"A\"}, {cafile, \"ca\"}]}") ==
          "s2s {port = 1, tls = {ciphers = \"A\", cacertfile = \"ca\"}}");
}

TEST_CASE("TLS options of HTTP keep their meaning or are refused by name") {
    CHECK(http("{ssl, [{verify, verify_peer}, {fail_if_no_peer_cert, true}]}") ==
          "http {port = 1, tls = {verify_mode = \"peer\"}}");
    CHECK(http("{ssl, [{verify, verify_none}, {fail_if_no_peer_cert, false}]}") ==
          "http {port = 1, tls = {verify_mode = \"none\"}}");
    CHECK(http("{ssl, [{verify_mode, selfsigned_peer}]}") ==
          "http {port = 1, tls = {verify_mode = \"selfsigned_peer\"}}");
    CHECK(http("{ssl, [{ciphers, [\"A\", \"B\"]}]}") ==
          "http {port = 1, tls = {ciphers = \"A:B\", verify_mode = \"none\"}}");
    CHECK(http("{ssl, [{ciphers, [{ecdhe_rsa, aes_128_gcm, aead, sha256}]}]}") ==
          "http {port = 1, tls = {ciphers = [{key_exchange = \"ecdhe_rsa\", cipher = \"aes_128_gcm\", mac = "
          "\"aead\", prf = \"sha256\"}], verify_mode = \"none\"}}");
    const std::string start = "{1, ejabberd_cowboy, [{ssl, [";
    check_refused(start + "{honor_cipher_order, true}]}]}", "no_modern_form", "honor_cipher_order");
    check_refused(start + "{verify, verify_peer}, {fail_if_no_peer_cert, false}]}]}", "no_modern_form",
                  "fail_if_no_peer_cert");
    CHECK(finding(start + "{verify, verify_peer}]}]}").reason == "stricter_than_before");
    const auto ignored = finding(start + "{port, 443}]}]}");
    CHECK(ignored.level == config::severity::warning);
    CHECK(ignored.text.find("port had no effect") != std::string::npos);
}

TEST_CASE("options of Ranch and Cowboy without a counterpart are refused by name") {
    check_refused("{1, ejabberd_cowboy, [{transport_options, [{send_timeout, 5}]}]}", "no_modern_form",
                  "the Ranch option send_timeout");
    check_refused("{1, ejabberd_cowboy, [{protocol_options, [{max_keepalive, 5}]}]}", "no_modern_form",
                  "the Cowboy option max_keepalive");
}

TEST_CASE("handlers keep their order and know where they stand") {
    const auto r = read(
        "{listen, [{1, ejabberd_cowboy, [{modules, [\n {\"_\", \"/c\", mod_websockets, []},\n"
        " {\"_\", \"/a\", mod_bosh},\n {\"x\", \"/b\", mod_websockets}]}]}]}.");
    CHECK(r.findings.empty());
    const config::node& handlers = *r.root.find("listen")->find("http")->array()->front().find("handlers");
    CHECK(shown(handlers) ==
          "{mod_websockets = [{host = \"_\", path = \"/c\"}, {host = \"x\", path = \"/b\"}], "
          "mod_bosh = [{host = \"_\", path = \"/a\"}]}");
    CHECK(handlers.find("mod_websockets")->array()->at(0).where() == config::place{2, 2});
    CHECK(handlers.find("mod_websockets")->array()->at(1).where() == config::place{4, 2});
    CHECK(handlers.find("mod_bosh")->array()->at(0).where() == config::place{3, 2});
    CHECK(handlers.find("mod_bosh")->array()->at(0).find("path")->where() == config::place{3, 8});
}

TEST_CASE("handlers of the users' interface and of static files are read") {
    CHECK(handler("{\"_\", \"/sse\", lasse_handler, [mongoose_client_api_sse]}") ==
          "lasse_handler = [{host = \"_\", path = \"/sse\", module = \"mongoose_client_api_sse\"}]");
    CHECK(handler("{\"_\", \"/m\", mongoose_client_api_messages, []}") ==
          "mongoose_client_api_messages = [{host = \"_\", path = \"/m\"}]");
    CHECK(handler("{\"_\", \"/d\", cowboy_swagger_json_handler, #{}}") ==
          "cowboy_swagger_json_handler = [{host = \"_\", path = \"/d\"}]");
    CHECK(handler(
              "{\"_\", \"/s\", cowboy_static, {priv_dir, app, \"p\", [{mimetypes, cow_mimetypes, all}]}}") ==
          "cowboy_static = [{host = \"_\", path = \"/s\", type = \"priv_dir\", app = \"app\", content_path = "
          "\"p\"}]");
    CHECK(handler("{\"_\", \"/s\", cowboy_static, {dir, \"/var/www\"}}") ==
          "cowboy_static = [{host = \"_\", path = \"/s\", type = \"dir\", content_path = \"/var/www\"}]");
    CHECK(handler("{\"_\", \"/ws\", mod_websockets, [{ping_rate, none}]}") ==
          "mod_websockets = [{host = \"_\", path = \"/ws\"}]");
}

TEST_CASE("what a handler cannot take is refused where it stands") {
    const auto at = [](const std::string& term) {
        return "{1, ejabberd_cowboy, [{modules, [" + term + "]}]}";
    };
    check_refused(at("{\"_\", \"/x\", mod_bosh, [{inactivity, 5}]}"), "no_modern_form",
                  "option list of mod_bosh");
    check_refused(at("{\"_\", \"/x\", mod_websocket}"), "unexpected_key", "mod_websocket");
    CHECK(finding(at("{\"_\", \"/x\", mod_websocket}")).hint == "did you mean \"mod_websockets\"?");
    check_refused(at("{\"_\", \"/x\", mod_websockets, [{time_out, 5}]}"), "unexpected_key", "time_out");
    check_refused(at("{\"_\", mod_bosh}"), "wrong_type", "{Host, Path, Handler}");
    check_refused(at("{\"_\", \"/x\", mongoose_api_admin, [{auth, u}]}"), "wrong_type", "{User, Password}");
    check_refused(at("{\"_\", \"/x\", mod_cowboy, [{ws, xmpp}]}"), "wrong_type", "{ws, Protocol, Module");
    check_refused(at("{\"_\", \"/x\", mod_cowboy, [{http, nothing}]}"), "unexpected_key", "nothing");
    check_refused(at("{\"_\", \"/x\", cowboy_static, {dir}}"), "wrong_type", "{priv_dir, App, Path}");
    check_refused(at("{\"_\", \"/x\", lasse_handler, []}"), "wrong_type", "a list of one module");
}

TEST_CASE("unknown modules and options are named with what was probably meant") {
    check_refused("{1, ejabberd_c3s, []}", "unexpected_key", "no listener module of the name ejabberd_c3s");
    CHECK(finding("{1, ejabberd_c3s, []}").hint == "did you mean \"ejabberd_c2s\"?");
    check_refused("{1, ejabberd_c2s, [{certfiel, \"c\"}]}", "unexpected_key", "certfiel");
    CHECK(finding("{1, ejabberd_s2s_in, [{quite_another, 1}]}").hint.starts_with("allowed here: shaper, "));
    const auto d = finding("{1, ejabberd_c2s, [{certfiel, \"c\"}]}");
    CHECK(d.hint == "did you mean \"certfile\"?");
    CHECK(d.path == "listen.ejabberd_c2s");
    CHECK(d.where == config::place{1, 31});
}

TEST_CASE("of an option that is given twice the first counts") {
    const auto r = read("{listen, [{1, ejabberd_c2s, [{backlog, 1}, {backlog, 2}]}]}.");
    REQUIRE(r.findings.size() == 1);
    CHECK(r.findings.front().reason == "duplicate_option");
    CHECK(shown(*r.root.find("listen")) == "{c2s = [{port = 1, backlog = 1}]}");
    CHECK(finding("{{1, \"::\"}, ejabberd_c2s, [{ip, {1, 2, 3, 4}}]}").reason == "duplicate_option");
    CHECK(finding("{1, ejabberd_c2s, [{shaper, a}, {c2s_shaper, b}]}").reason == "duplicate_option");
    const auto other = read("{listen, [{1, ejabberd_c2s, [{c2s_shaper, b}, {shaper, a}]}]}.");
    CHECK(other.findings.size() == 1);
    CHECK(shown(*other.root.find("listen")) == "{c2s = [{port = 1, shaper = \"a\"}]}");
}

TEST_CASE("no finding shows a password") {
    for (const char* term : {"{1, ejabberd_service, [{password, {\"hunter2\"}}]}",
                             "{1, ejabberd_service, [{password, \"hunter2\", x}]}",
                             "{1, ejabberd_cowboy, [{ssl, [{password, {hunter2}}]}]}",
                             "{1, ejabberd_cowboy, [{modules, [{\"_\", \"/\", mongoose_api_admin, [{auth, "
                             "{\"hunter2\"}}]}]}]}"}) {
        const auto r = read("{listen, [" + std::string(term) + "]}.");
        CHECK_FALSE(r.findings.empty());
        CHECK(all(r.findings).find("hunter2") == std::string::npos);
    }
}
