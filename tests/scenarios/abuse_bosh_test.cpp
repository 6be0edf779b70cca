// Requests of BOSH that mean harm: numbers, names and bodies of every wrong kind, over and over. Each is
// answered as the protocol says, and nothing of them stays.

#include "tests/scenarios/runner/bosh_client.hpp"
#include "tests/scenarios/runner/server_program.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace meerkat::testing;

namespace {

constexpr int many = sanitized ? 300 : 3000;
constexpr std::size_t little = 6'000'000;  // bytes that the server may have more afterwards

class site {
public:
    explicit site(int inactivity = 1) {
        std::ofstream(folder_ / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 2\n"
               "loglevel = \"error\"\ndata_dir = \""
            << (folder_ / "data").string()
            << "\"\n[auth.internal]\n[services.service_bosh]\ninactivity = " << inactivity
            << "\n[[listen.http]]\nport = 0\n"
               "ip_address = \"127.0.0.1\"\n[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\n"
               "path = \"/http-bind\"\n";
    }
    const std::filesystem::path& folder() const { return folder_.path(); }

private:
    temporary_directory folder_;
};

std::string body(const std::string& attributes, const std::string& content = {}) {
    return "<body xmlns='http://jabber.org/protocol/httpbind' " + attributes + ">" + content + "</body>";
}
std::string creation(const std::string& rid) {
    return body("rid='" + rid + "' to='localhost' wait='1' hold='1' ver='1.6'");
}

std::string create_session(http_exchange& line) {
    line.ask(creation("100"));
    return attribute_of(line.answer().body, "sid");
}

class growth {
public:
    explicit growth(const server_program& of) : of_(of), before_(of.taken().resident_bytes) {}
    bool small() const { return sanitized || of_.taken().resident_bytes < before_ + little; }

private:
    const server_program& of_;
    std::size_t before_;
};

}  // namespace

TEST_CASE("a request number that is none, or out of reach, ends no more than its session") {
    const site place;
    const server_program server(place.folder());
    http_exchange line(server.port());
    for (const std::string& rid :
         {"", "0", "-1", "1.5", "0x10", "18446744073709551616", "99999999999999999999999", "9007199254740993",
          "103", "a", " 101", "101 "}) {
        INFO(rid);
        const std::string sid = create_session(line);
        REQUIRE_FALSE(sid.empty());
        line.ask(body("rid='" + rid + "' sid='" + sid + "'"));
        const http_answer refused = line.answer();
        INFO(refused.body);
        CHECK(refused.status() == 200);
        CHECK(attribute_of(refused.body, "type") == "terminate");
        line.ask(body("rid='101' sid='" + sid + "'"));
        CHECK(attribute_of(line.answer().body, "condition") == "item-not-found");
    }
    for (const std::string& rid : {"", "0", "-1", "18446744073709551616", "a"}) {
        INFO(rid);
        line.ask(creation(rid));
        CHECK(attribute_of(line.answer().body, "type") == "terminate");
    }
}

TEST_CASE("sessions that nobody knows are asked for in vain, again and again") {
    const site place;
    const server_program server(place.folder());
    http_exchange line(server.port());
    std::string known = create_session(line);
    std::vector<std::string> guesses{"a",       "0",         std::string(5000, 'a'),
                                     "../../x", known + "0", known.substr(1)};
    for (std::size_t i = 0; i < known.size(); ++i) {
        std::string near = known;
        near[i] = near[i] == '0' ? '1' : '0';
        guesses.push_back(near);
    }
    const growth grown(server);
    for (int i = 0; i < many; ++i) {
        line.ask(body("rid='101' sid='" + guesses[static_cast<std::size_t>(i) % guesses.size()] + "'"));
        REQUIRE(attribute_of(line.answer().body, "condition") == "item-not-found");
    }
    CHECK(grown.small());
}

TEST_CASE("a request that is repeated for ever gets its answer for ever, and the server nothing but work") {
    const site place;
    const server_program server(place.folder());
    http_exchange line(server.port());
    const std::string sid = create_session(line);
    const std::string request = body("rid='101' sid='" + sid + "'",
                                     "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='NONE'/>");
    line.ask(request);
    const std::string first = line.answer().body;
    CHECK(first.find("<failure ") != std::string::npos);
    const growth grown(server);
    for (int i = 0; i < many / 10; ++i) {
        line.ask(request);
        REQUIRE(line.answer().body == first);
    }
    CHECK(grown.small());
}

TEST_CASE("sessions that nobody logs in to are bounded in number, and those refused leave nothing behind") {
    const site place(600);
    const server_program server(place.folder());
    http_exchange line(server.port());
    const auto create = [&line] {
        line.ask(creation("100"));
        return attribute_of(line.answer().body, "condition");
    };
    // The line is the next shard's after a thousand requests: both are full when neither creates any more.
    int refused = 0;
    for (int i = 0; refused < 2000 && i < 30'000; ++i) refused = create().empty() ? 0 : refused + 1;
    const growth grown(server);
    for (int i = 0; i < many; ++i) REQUIRE(create() == "policy-violation");
    CHECK(grown.small());
}

TEST_CASE("bodies that are too large, broken, or never end are refused and not kept") {
    const site place;
    const server_program server(place.folder());
    const std::string head = "POST /http-bind HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n";
    const growth grown(server);
    {
        connection client(server.port());
        client.write(head + "Content-Length: 99999999999\r\n\r\n");
        const std::string answer = client.read_all();
        INFO(answer);
        CHECK(answer.starts_with("HTTP/1.1 413 "));
        CHECK(answer.find("policy-violation") != std::string::npos);
    }
    {
        connection client(server.port());
        client.write(head + "Transfer-Encoding: chunked\r\n\r\n");
        std::string piece, answer;
        while (piece.size() < 65536) piece += "100\r\n" + std::string(256, 'a') + "\r\n";
        bool ended = false;
        int pieces = 0;
        for (; !ended && pieces < 1000; ++pieces) {
            client.write(piece);
            while (!ended && client.readable()) ended = !client.read(answer);
        }
        INFO(answer);
        CHECK(ended);
    }
    http_exchange line(server.port());
    std::string deep, wide;
    for (int i = 0; i < 1000; ++i) {
        deep += "<a>";
        wide += "a" + std::to_string(i) + "='' ";
    }
    for (const std::string& each :
         {body("rid='1'", deep), body(wide), body("rid='" + std::string(8000, '1') + "'"),
          std::string("<body"), std::string("<!DOCTYPE a [<!ENTITY b 'c'>]><body/>"),
          std::string("<?xml version='1.0'?>"),
          std::string("<body xmlns='http://jabber.org/protocol/httpbind'/><body/>"),
          std::string(50'000, ' ')}) {
        INFO(each.substr(0, 60));
        line.ask(each);
        const http_answer refused = line.answer();
        INFO(refused.body);
        CHECK(attribute_of(refused.body, "type") == "terminate");
    }
    CHECK(grown.small());
}
