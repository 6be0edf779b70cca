#include "gateway/doctor/names.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

struct tls_files {
    testing::temporary_directory folder;
    tls_files() {
        std::ofstream(folder / "cert.pem") << "-----BEGIN CERTIFICATE-----\n";
        std::ofstream(folder / "key.pem") << "-----BEGIN PRIVATE KEY-----\n";
    }
    std::string direct_tls(int port) const {
        return "[[listen.c2s]]\nport = " + std::to_string(port) +
               "\n[listen.c2s.tls]\nmode = \"tls\"\nverify_mode = \"none\"\ncertfile = \"" +
               (folder / "cert.pem").string() + "\"\nkeyfile = \"" + (folder / "key.pem").string() + "\"\n";
    }
};

std::string plain(int port) { return "[[listen.c2s]]\nport = " + std::to_string(port) + "\n"; }

fake_world chat_example() {
    fake_world around;
    around.dns.addresses["chat.net"] = {"192.0.2.7", "2001:db8::7"};
    return around;
}

lines about(fake_world& around, const std::string& more, const std::string& hosts = "\"chat.net\"") {
    return examined(examine_names, around, more, hosts);
}

const std::string address_found =
    "fine: the name chat.net: has the addresses 192.0.2.7 and 2001:db8::7 [addresses]";
const std::string no_answer_to_do =
    "    run the doctor again where the DNS can be asked; nothing is wrong with the file";

}  // namespace

TEST_CASE("without SRV records clients come to port 5222 of the name") {
    fake_world around = chat_example();
    CHECK(about(around, plain(5222)) ==
          lines{address_found,
                "fine: the SRV records for clients of chat.net: none, so clients connect to port 5222 of "
                "the name, as it is served [usual_port]"});
    CHECK(around.dns.asked == lines{"chat.net", "_xmpp-client._tcp.chat.net", "_xmpps-client._tcp.chat.net",
                                    "_xmpp-server._tcp.chat.net", "_xmpps-server._tcp.chat.net"});
    const std::string none =
        "problem: the SRV records for clients of chat.net: none, so clients connect to port 5222 of "
        "the name, where this file has no listener that begins without TLS [not_to_be_found]";
    CHECK(about(around, plain(5322)) ==
          lines{address_found, none,
                "    add to the DNS zone: _xmpp-client._tcp.chat.net. 3600 IN SRV 0 5 5322 chat.net."});
    const tls_files pem;
    CHECK(about(around, pem.direct_tls(5223)) ==
          lines{address_found, none,
                "    add to the DNS zone: _xmpps-client._tcp.chat.net. 3600 IN SRV 0 5 5223 chat.net."});
    CHECK(about(around, plain(0)) == lines{address_found, none, "    write port = 5222 in listen.c2s"});
}

TEST_CASE("a name that the DNS does not know is a problem") {
    fake_world around;
    CHECK(
        about(around, plain(5222)) ==
        lines{"problem: the name chat.net: has neither an address nor an SRV record for clients [no_address]",
              "    add an A or AAAA record with the address of this server to the DNS zone"});
}

TEST_CASE("SRV records are held against the listeners of their kind") {
    const tls_files pem;
    const std::string both = plain(5222) + pem.direct_tls(5223);
    fake_world around = chat_example();
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{"chat.net", 5222}};
    around.dns.services["_xmpps-client._tcp.chat.net"] = {{"chat.net", 5223}};
    CHECK(about(around, both) ==
          lines{address_found,
                "fine: the SRV record _xmpp-client._tcp.chat.net: chat.net port 5222 [service_record]",
                "fine: the SRV record _xmpps-client._tcp.chat.net: chat.net port 5223 [service_record]"});
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{"chat.net", 5223}, {"chat.net", 5222}};
    around.dns.services["_xmpps-client._tcp.chat.net"] = {{"chat.net", 443}};
    CHECK(
        about(around, both) ==
        lines{
            address_found,
            "problem: the SRV record _xmpp-client._tcp.chat.net: sends clients to chat.net port 5223 for "
            "STARTTLS, "
            "but the listener of that port speaks direct TLS [wrong_kind_of_port]",
            "    put the port of a listener with STARTTLS into the record",
            "advice: the SRV record _xmpps-client._tcp.chat.net: sends clients to chat.net port 443, and no "
            "listener for direct TLS has that port [no_such_port]",
            "    correct the record, unless a proxy or a firewall leads that port to a listener"});
}

TEST_CASE("direct TLS that no record announces is worth an advice") {
    const tls_files pem;
    fake_world around = chat_example();
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{"chat.net", 5222}};
    CHECK(about(around, plain(5222) + pem.direct_tls(5223)).back() ==
          "    add to the DNS zone: _xmpps-client._tcp.chat.net. 3600 IN SRV 0 5 5223 chat.net.");
    CHECK(about(around, plain(5222) + pem.direct_tls(5223)).at(2) ==
          "advice: the SRV record _xmpps-client._tcp.chat.net: missing: clients do not find the listener "
          "with direct "
          "TLS [no_direct_tls_record]");
}

TEST_CASE("a record that denies the service contradicts a listener for it") {
    fake_world around = chat_example();
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{".", 0}};
    around.dns.services["_xmpps-client._tcp.chat.net"] = {{".", 0}};
    CHECK(about(around, plain(5222)) ==
          lines{address_found,
                "advice: the SRV record _xmpp-client._tcp.chat.net: says that there is no such service, but "
                "this file "
                "has a listener for it [service_denied]",
                "    remove the record, or name the host and port of the listener in it"});
}

TEST_CASE("the targets of SRV records need addresses") {
    fake_world around = chat_example();
    around.dns.addresses["a.chat.net"] = {"192.0.2.8"};
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{"a.chat.net", 5222}, {"b.chat.net", 5222}};
    CHECK(
        about(around, plain(5222)) ==
        lines{
            address_found,
            "fine: the SRV record _xmpp-client._tcp.chat.net: a.chat.net port 5222 and b.chat.net port 5222 "
            "[service_record]",
            "problem: the SRV record _xmpp-client._tcp.chat.net: sends clients to b.chat.net, which has no "
            "address "
            "[target_without_address]",
            "    add an A or AAAA record for b.chat.net, or correct the SRV record"});
}

TEST_CASE("an SRV record does not make up for the missing address of its own domain") {
    fake_world around;
    around.dns.services["_xmpp-client._tcp.chat.net"] = {{"chat.net", 5222}};
    CHECK(
        about(around, plain(5222)).at(1) ==
        "problem: the SRV record _xmpp-client._tcp.chat.net: sends clients to chat.net, which has no address "
        "[target_without_address]");
}

TEST_CASE("records that send other servers to a server without federation are worth an advice") {
    fake_world around = chat_example();
    around.dns.services["_xmpp-server._tcp.chat.net"] = {{"chat.net", 5269}};
    CHECK(about(around, "") == lines{address_found,
                                     "advice: the SRV record _xmpp-server._tcp.chat.net: sends other servers "
                                     "to chat.net port 5269, but "
                                     "this file has no listener for servers [servers_are_sent_here]",
                                     "    remove the record if no other program answers there"});
}

TEST_CASE("local names and addresses are not looked up") {
    fake_world around;
    CHECK(about(around, "", "\"localhost\", \"printer.local\", \"a.test\", \"intranet\", \"192.0.2.1\"")
              .size() == 5);
    CHECK(around.dns.asked.empty());
    CHECK(about(around, "", "\"printer.local\"") ==
          lines{"fine: the name printer.local: not looked up: it is no name of the public DNS [local_name]"});
}

TEST_CASE("names beyond ASCII are asked for as the DNS writes them") {
    fake_world around;
    around.dns.addresses["xn--bcher-kva.net"] = {"192.0.2.9"};
    CHECK(about(around, "", "\"bücher.net\"") ==
          lines{"fine: the name xn--bcher-kva.net: has the address 192.0.2.9 [addresses]"});
}

TEST_CASE("without an answer from the DNS there is one advice and no problem") {
    fake_world around;
    around.dns.hangs = true;
    CHECK(about(around, plain(5322)) ==
          lines{"advice: the DNS: no answer about chat.net, _xmpp-client._tcp.chat.net, "
                "_xmpps-client._tcp.chat.net, "
                "_xmpp-server._tcp.chat.net and _xmpps-server._tcp.chat.net: no answer in time [no_answer]",
                no_answer_to_do});
}

TEST_CASE("one answer missing among others leads to no wrong conclusion") {
    fake_world around = chat_example();
    around.dns.silent = {"_xmpp-client._tcp.chat.net"};
    CHECK(about(around, plain(5322)) ==
          lines{address_found,
                "advice: the DNS: no answer about _xmpp-client._tcp.chat.net: no answer in time [no_answer]",
                no_answer_to_do});
}

TEST_CASE("a WebSocket should be found by host-meta") {
    fake_world around;
    const std::string websocket =
        "[[listen.http]]\nport = 5280\n"
        "[[listen.http.handlers.mongoose_websocket_handler]]\nhost = \"_\"\npath = \"/ws\"\n";
    CHECK(about(around, websocket, "\"localhost\"").at(1) ==
          "advice: the handlers of listen.http: there is a WebSocket, but no host-meta by which clients find "
          "it "
          "(XEP-0156) [no_discovery]");
    CHECK(about(around, websocket, "\"localhost\"").at(2) ==
          "    add [[listen.http.handlers.meerkat_discovery]] with host = \"_\" and path = \"/.well-known\"");
    CHECK(about(around,
                websocket +
                    "[[listen.http.handlers.meerkat_discovery]]\nhost = \"_\"\npath = \"/.well-known\"\n",
                "\"localhost\"")
              .at(1) ==
          "fine: the handlers of listen.http: host-meta tells clients where the WebSocket is [discovery]");
}
