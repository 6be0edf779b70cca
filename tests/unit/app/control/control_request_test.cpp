#include "gateway/control/control_request.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

TEST_CASE("a request is a command with whatever else the object holds") {
    const auto request = parse_control_request(R"({"command": "reload", "why": "because"})");
    REQUIRE(request.has_value());
    CHECK(request->command == "reload");
    CHECK(request->content.at("why").as_string() == "because");
}

TEST_CASE("what is no request is refused with a sentence") {
    const std::string deep = std::string(100, '[') + std::string(100, ']');
    for (const std::string& line :
         {std::string(), std::string("reload"), std::string("[]"), std::string("\"reload\""),
          std::string("{}"), std::string(R"({"command": 1})"), std::string(R"({"command": "reload"} {})"),
          std::string("{\"command\": \"\xff\"}"), R"({"command": "x", "y": )" + deep + "}"}) {
        INFO(line);
        const auto request = parse_control_request(line);
        REQUIRE(request.has_error());
        CHECK(request.error() == errc::invalid);
        CHECK(request.error().detail.starts_with("a request"));
    }
}

TEST_CASE("an answer is one line, whatever it says") {
    const std::string line = control_line(control_refusal({"first\nsecond", "\"third\""}));
    CHECK(line == "{\"ok\":false,\"problems\":[\"first\\nsecond\",\"\\\"third\\\"\"]}\n");
}
