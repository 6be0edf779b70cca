// Any text as a file of the oldest form: it is read or refused with a place, and nothing else happens. What
// is read can be walked; what is said about it can be shown.

#include "gateway/cfg/cfg_file.hpp"
#include "tests/support/fuzz_check.hpp"
#include "tests/support/shown_node.hpp"

using namespace meerkat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    config::diagnostics findings;
    const auto root = read_cfg(text, "f", findings);
    FUZZ_CHECK(root || !config::acceptable(findings));
    if (root) FUZZ_CHECK(test::shown(*root).starts_with('{'));
    for (const auto& d : findings) {
        FUZZ_CHECK(!d.reason.empty() && !d.text.empty() && d.where.line > 0);
        FUZZ_CHECK(config::render(d).find('\0') == std::string::npos);
    }
    return 0;
}
