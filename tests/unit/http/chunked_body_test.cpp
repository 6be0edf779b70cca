#include "gateway/http/chunked_body.hpp"

#include <catch2/catch.hpp>

using meerkat::http::chunked_body;
using state = chunked_body::state;

namespace {

// Reads in pieces of at most `piece` bytes, as far as the body goes.
state read(chunked_body& reader, std::string_view bytes, std::size_t piece, std::string& body) {
    state came = state::incomplete;
    while (came == state::incomplete && !bytes.empty()) {
        std::string_view part = bytes.substr(0, piece);
        const std::size_t size = part.size();
        came = reader.read(part, body);
        bytes.remove_prefix(size - part.size());
    }
    return came;
}

}  // namespace

TEST_CASE("chunks are put together, whole or in pieces, and what follows them is left") {
    const std::string bytes = "3;a=b;c=\"d\\\"e\";f\r\nhel\r\n02\r\nlo\r\n0\r\nX-A: b\r\n\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        chunked_body reader(5);
        std::string body;
        REQUIRE(read(reader, bytes, piece, body) == state::complete);
        REQUIRE(body == "hello");
    }
    chunked_body reader(5);
    std::string body;
    const std::string with_next = bytes + "GET /";
    std::string_view rest = with_next;
    REQUIRE(reader.read(rest, body) == state::complete);
    REQUIRE(rest == "GET /");
}

TEST_CASE("malformed chunks are refused") {
    const std::string bodies[] = {
        "\r\n",
        "x\r\n",
        "0x5\r\nhello\r\n",
        "-1\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\nhelloX\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r0\r\n\r\n",
        "fffffffffffffffff\r\n",
        "5;" + std::string(256, 'x') + "\r\nhello\r\n",
        "1;" + std::string(150, 'x') + "\r\na\r\n1;" + std::string(150, 'x') + "\r\nb\r\n",
        "1;a\x01\r\n",
        "1;\r\n",
        "1;a=\r\n",
        "1;a\xc3=b\r\n",
        "1;a=\"b\r\n",
        "1 ;a=b\r\n",
        std::string(2000, '0'),
        "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nHost: other\r\n\r\n",
        "0\r\ntransfer-encoding: chunked\r\n\r\n",
        "0\r\nAuthorization: Basic eA==\r\n\r\n",
        "0\r\nNo colon\r\n\r\n",
        "0\r\nA : b\r\n\r\n",
    };
    for (const std::string& bytes : bodies) {
        for (const std::size_t piece : {bytes.size(), std::size_t{1}}) {
            chunked_body reader(100);
            std::string body;
            CAPTURE(bytes.substr(0, 100));
            REQUIRE(read(reader, bytes, piece, body) == state::refused);
            REQUIRE(reader.status() == 400);
        }
    }
}

TEST_CASE("a chunked body of the limit passes, a byte more is refused when it is announced") {
    std::string body;
    chunked_body exact(10);
    REQUIRE(read(exact, "5\r\nhello\r\n5\r\nthere\r\n0\r\n\r\n", 100, body) == state::complete);
    chunked_body above(10);
    REQUIRE(read(above, "5\r\nhello\r\n6\r\n", 100, body) == state::refused);
    REQUIRE(above.status() == 413);
}
