// Whatever bytes come, they inflate alike whole, in pieces and with the inflater put aside in between; what
// Accept-Encoding says, whatever it says, is one of the codings.

#include "gateway/http/content_coding.hpp"
#include "gateway/net/deflate.hpp"
#include "tests/support/fuzz_check.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace meerkat;
using state = net::inflater::state;

namespace {

constexpr std::size_t most = 100'000;

struct outcome {
    std::string text;
    state what = state::going;
    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome inflate(std::string_view bytes, std::size_t piece, bool aside) {
    std::optional<net::inflater> inflater(net::deflate_form::raw);
    outcome all;
    char room[4096];
    while (!bytes.empty()) {
        std::string_view part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        for (;;) {
            const auto got = inflater->inflate(part, room);
            FUZZ_CHECK(got.bytes <= sizeof room);
            all.text.append(room, got.bytes);
            if (all.text.size() > most) return {all.text.substr(0, most), state::going};
            all.what = got.what;
            if (got.what != state::going) return all;
            if (got.bytes < sizeof room) break;
        }
        FUZZ_CHECK(part.empty());
        if (!aside) continue;
        if (auto window = inflater->put_aside()) inflater.emplace(*window);
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const outcome whole = inflate(bytes, size + 1, false);
    FUZZ_CHECK(inflate(bytes, 1, false) == whole);
    FUZZ_CHECK(inflate(bytes, 1, true) == whole);
    FUZZ_CHECK(inflate(bytes, 13, true) == whole);

    http::fields asked;
    asked.add("Accept-Encoding", bytes);
    const auto coding = http::preferred_coding(asked);
    if (coding == http::coding::identity) return 0;
    const auto coded = http::coded(bytes, coding);
    FUZZ_CHECK(coded && !coded->empty());
    return 0;
}
