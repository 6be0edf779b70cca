// Any text as a configuration file: it is read or refused with a place, and nothing else happens. A text that
// is not right has at least one error; what is said about it can be shown.

#include "gateway/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = meerkat::read_configuration(text, "f");
    if (reading.accepted() != meerkat::config::acceptable(reading.findings)) std::abort();
    for (const auto& d : reading.findings) {
        if (d.reason.empty() || d.text.empty() || meerkat::config::render(d).empty()) std::abort();
    }
    return 0;
}
