// What is larger than it may be is answered exactly, as soon as it shows, on every way in; what is just not
// is served. (Stanzas: wire_xml_test on raw sockets, wire_bosh_test in bodies.)

#include "tests/scenarios/runner/bosh_client.hpp"
#include "tests/scenarios/runner/stages.hpp"
#include "tests/scenarios/runner/xml_pattern.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace meerkat::testing;
using namespace std::string_literals;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const std::string post = "POST /http-bind HTTP/1.1\r\nHost: localhost\r\n";

// A body may be twice a stanza, and at least this.
constexpr std::size_t body_limit = 65'536;
constexpr std::size_t stanza_limit = 1000;
const server_settings small{.client = "max_stanza_size = " + std::to_string(stanza_limit) + "\n"};

std::string answer_to(const test_server& server, const std::string& bytes) {
    connection client(server.port(transport::bosh));
    client.write(bytes);
    return client.read_all();
}

std::string request_line(std::size_t size) {
    const std::string rest = "GET / HTTP/1.1";
    return "GET /" + std::string(size - rest.size(), 'a') + " HTTP/1.1\r\n";
}

// So many bytes of field lines, all in one.
std::string one_field(std::size_t size) {
    const std::string rest = "Host: localhost\r\nA: \r\n";
    return "GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(size - rest.size(), 'a') + "\r\n";
}

std::string fields(int count) {
    std::string all = get;
    for (int i = 1; i < count; ++i) all += "A: b\r\n";
    return all;
}

std::string chunk(std::size_t size) {
    char number[20];
    std::snprintf(number, sizeof number, "%zx\r\n", size);
    return number + std::string(size, 'a') + "\r\n";
}

std::string refusal(std::string_view status) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nServer: Meerkat\r\nDate: {*}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

const std::string bosh_refusal =
    "HTTP/1.1 413 Content Too Large\r\nServer: Meerkat\r\nDate: {*}\r\n"
    "Content-Type: text/xml; charset=utf8\r\nAccess-Control-Allow-Origin: *\r\n"
    "Access-Control-Allow-Methods: POST, OPTIONS, GET\r\nAccess-Control-Allow-Headers: content-type\r\n"
    "Access-Control-Max-Age: 1728000\r\nContent-Security-Policy: sandbox\r\nContent-Length: 97\r\n"
    "Connection: close\r\n\r\n"
    "<body xmlns='http://jabber.org/protocol/httpbind' type='terminate' condition='policy-violation'/>";

}  // namespace

TEST_CASE("of HTTP requests what is too large is named by the status, and the connection ends") {
    test_server server(small);
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    const struct {
        std::string what;
        std::string fits;  // answered otherwise
        std::string beyond;
        std::string answer;
    } rows[] = {
        {"request line", request_line(8000) + "Host: localhost\r\n\r\n", request_line(8001),
         refusal("414 URI Too Long")},
        {"request line without an end", request_line(8000) + "Host: localhost\r\n\r\n",
         "GET /" + std::string(8100, 'a'), refusal("414 URI Too Long")},
        {"one field", one_field(32'768) + "\r\n", one_field(32'769),
         refusal("431 Request Header Fields Too Large")},
        {"field without an end", one_field(32'768) + "\r\n", get + "A: " + std::string(33'000, 'a'),
         refusal("431 Request Header Fields Too Large")},
        {"number of fields", fields(100) + "\r\n", fields(101),
         refusal("431 Request Header Fields Too Large")},
        {"body by its length", post + "Content-Length: 65536\r\n\r\n" + std::string(body_limit, 'a'),
         post + "Content-Length: 65537\r\n\r\n", bosh_refusal},
        {"body in one chunk", chunked + chunk(body_limit) + "0\r\n\r\n", chunked + "10001\r\n", bosh_refusal},
        {"body in many chunks", chunked + chunk(body_limit - 1) + chunk(1) + "0\r\n\r\n",
         chunked + chunk(body_limit - 1) + "2\r\n", bosh_refusal},
    };
    for (const auto& each : rows) {
        INFO(each.what);
        connection well(server.port(transport::bosh));
        well.write(each.fits);
        std::string served;
        REQUIRE(well.read(served));
        CHECK(served.substr(0, 20).find(each.answer.substr(0, 12)) == std::string::npos);
        const std::string answer = answer_to(server, each.beyond);
        INFO(answer);
        CHECK(is_like(each.answer, answer));
    }
}

TEST_CASE("messages of a WebSocket are held to max_stanza_size, whole and in pieces") {
    test_server server(small);
    server.make_accounts({{std::string(test_user), std::string(test_password)}});
    const std::string error = "<error xmlns='http://etherx.jabber.org/streams'><policy-violation{*}</error>";
    const std::string close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
    const std::string around = "<message><body></body></message>";
    const auto stanza = [&](std::size_t size) {
        return "<message><body>" + std::string(size - around.size(), 'a') + "</body></message>";
    };
    const std::string spaces(stanza_limit, ' ');
    // A frame's beginning alone: it is refused before anything of it is waited for.
    const auto announced = [](std::size_t size) { return make_frame(std::string(size, ' ')).substr(0, 8); };
    const client_frame first{.final = false}, next{.opcode = 0, .final = false};
    const struct {
        std::string what;
        stage at;
        std::string sent;
        std::string code;
    } rows[] = {
        {"a stanza in one frame", stage::established, make_frame(stanza(stanza_limit + 1)), "close 1000"},
        {"a stanza in fragments", stage::established,
         make_frame(stanza(stanza_limit + 1).substr(0, 500), first) +
             make_frame(stanza(stanza_limit + 1).substr(500), {.opcode = 0}),
         "close 1000"},
        {"an announced frame before signing in", stage::opened, announced(8192 + 1025), "close 1009"},
        {"an announced frame", stage::established, announced(stanza_limit + 1025), "close 1009"},
        {"announced fragments", stage::established,
         make_frame(spaces, first) + make_frame(spaces, next) +
             make_frame(std::string(25, ' '), {.opcode = 0}).substr(0, 6),
         "close 1009"},
    };
    for (const auto& each : rows) {
        INFO(each.what);
        const auto client = client_at(server, transport::websocket, each.at);
        if (each.at == stage::established) {
            client->send(stanza(stanza_limit));
            CHECK(client->element().root().name() == "message");
        }
        websocket_client& ws = client->websocket();
        ws.socket().write(each.sent);
        std::vector<std::string> came;
        while (const auto frame = ws.receive()) {
            const bool over = frame->opcode == 8;
            came.push_back(over ? "close " + std::to_string(frame->close_code()) : frame->payload);
            if (over) ws.send(frame->payload, {.opcode = 8});
        }
        REQUIRE(came.size() == 3);
        INFO(came[0] << came[1] << came[2]);
        CHECK(is_like(error, came[0]));
        CHECK(came[1] == close);
        CHECK(came[2] == each.code);
    }
}
