// BOSH bodies: what is read keeps to its limits, what is refused says why, and the session that was looked up
// without parsing is the one that the body names.

#include "handlers/bosh/body.hpp"
#include "handlers/bosh/namespaces.hpp"
#include "tests/support/fuzz_check.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace meerkat;

namespace {

constexpr bosh::body_limits bounds{2000, {500, 32, 8, 8}};

bool is_plain(std::string_view name) {
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string_view peeked = bosh::peek_sid(bytes);
    auto read = bosh::read_body(bytes, bounds);
    auto* const body = std::get_if<bosh::request_body>(&read);
    if (body == nullptr) return 0;
    FUZZ_CHECK(body->bytes() <= bounds.bytes);
    // Nobody has a reason to write a name of ours with references.
    if (is_plain(body->attr("sid")) && bytes.find('&') == std::string_view::npos)
        FUZZ_CHECK(peeked == body->attr("sid"));
    if (const auto rid = body->number("rid")) FUZZ_CHECK(*rid <= bosh::last_rid);
    const auto payload = body->take_payload();
    for (const channel_event& each : payload) {
        if (std::holds_alternative<xml::read_failure>(each)) {
            FUZZ_CHECK(&each == &payload.back());
            continue;
        }
        const auto& element = std::get<xml::element_read>(each);
        FUZZ_CHECK(element.bytes <= bounds.stanza.bytes);
        FUZZ_CHECK(element.element.root().ns() != ns::httpbind);
    }
    return 0;
}
