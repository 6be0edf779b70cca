// Whatever is accepted as an HTTP request is read the same in pieces, and Beast's parser, as an oracle, reads
// the same request from it: no two readers disagree on where it ends.

#include "gateway/http/chunked_body.hpp"
#include "gateway/http/request_head.hpp"
#include "gateway/http/routes.hpp"
#include "tests/support/fuzz_check.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace meerkat::http;
namespace beast = boost::beast::http;

namespace {

constexpr std::size_t body_limit = 64 * 1024;

struct reading {
    unsigned refused = 0;  // 0: not (yet)
    bool complete = false;
    std::size_t used = 0;
    request_head head;
    std::string body;
    friend bool operator==(const reading& a, const reading& b) {
        return a.refused == b.refused && a.complete == b.complete && a.used == b.used &&
               a.head.target == b.head.target && a.head.host == b.head.host && a.body == b.body;
    }
};

// Offers the bytes in pieces of at most `piece` bytes.
reading read(std::string_view bytes, std::size_t piece) {
    reading made;
    head_reader heads;
    auto came = head_reader::state::incomplete;
    std::size_t given = 0;
    while (came == head_reader::state::incomplete && given < bytes.size()) {
        given = std::min(bytes.size(), given + piece);
        came = heads.read(bytes.substr(0, given));
    }
    if (came == head_reader::state::refused) made.refused = heads.status();
    if (came != head_reader::state::complete) return made;
    made.head = heads.head();
    made.used = heads.size();
    std::string_view rest = bytes.substr(made.used);
    if (made.head.framing == body_framing::length) {
        made.complete = rest.size() >= made.head.content_length && made.head.content_length <= body_limit;
        if (made.complete) made.body = rest.substr(0, static_cast<std::size_t>(made.head.content_length));
        made.used += made.body.size();
    } else if (made.head.framing == body_framing::chunked) {
        chunked_body chunks(body_limit);
        auto state = chunked_body::state::incomplete;
        while (state == chunked_body::state::incomplete && !rest.empty()) {
            std::string_view part = rest.substr(0, piece);
            const std::size_t size = part.size();
            state = chunks.read(part, made.body);
            rest.remove_prefix(size - part.size());
        }
        made.complete = state == chunked_body::state::complete;
        if (state == chunked_body::state::refused) made.refused = chunks.status();
        if (made.complete) made.used = bytes.size() - rest.size();
    } else {
        made.complete = true;
    }
    return made;
}

void compare_with_oracle(std::string_view bytes, const reading& ours) {
    beast::request_parser<beast::string_body> oracle;
    oracle.header_limit(64 * 1024);
    oracle.body_limit(body_limit);
    oracle.eager(true);
    std::size_t used = bytes.starts_with("\r\n") ? 2 : 0;  // which Beast does not forgive
    boost::system::error_code failure;
    while (!oracle.is_done() && used < bytes.size()) {
        const auto rest = bytes.substr(used);
        const std::size_t taken = oracle.put(boost::asio::buffer(rest), failure);
        used += taken;
        if (failure || taken == 0) break;
    }
    FUZZ_CHECK(oracle.is_done());
    FUZZ_CHECK(used == ours.used);
    const auto& theirs = oracle.get();
    FUZZ_CHECK(theirs.method_string() == ours.head.method);
    FUZZ_CHECK(theirs.target() == ours.head.target);
    FUZZ_CHECK(theirs.version() == ours.head.version);
    FUZZ_CHECK(theirs.body() == ours.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const reading whole = read(bytes, bytes.size());
    FUZZ_CHECK(read(bytes, 1) == whole);
    FUZZ_CHECK(read(bytes, 7) == whole);
    if (whole.complete) compare_with_oracle(bytes, whole);
    static const routes all = *routes::make({{"h", "/a/:b/[c]", nullptr}, {"_", "/[...]", nullptr}});
    if (!whole.head.path.empty()) all.find(whole.head.host, whole.head.path, whole.head.segments);
    return 0;
}
