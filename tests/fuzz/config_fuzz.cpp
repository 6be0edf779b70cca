// Any text as a configuration file: it is read or refused with a place, and nothing else happens. A text that
// is not right has at least one error; what is said about it can be shown.

#include "gateway/configuration.hpp"
#include "tests/support/fuzz_check.hpp"

using namespace meerkat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = read_configuration(text, "f");
    FUZZ_CHECK(reading.accepted() == config::acceptable(reading.findings));
    for (const auto& d : reading.findings) {
        FUZZ_CHECK(!d.reason.empty() && !d.text.empty());
        FUZZ_CHECK(config::render(d).find('\0') == std::string::npos);
    }
    return 0;
}
