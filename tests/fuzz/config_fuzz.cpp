// Any text as a configuration file: it is read or refused with a place, and nothing else happens. A text that
// is not right has at least one error; what is said about it can be shown. A text that is right can be
// written in today's spelling, and that means the same.

#include "gateway/config_commands/migrate.hpp"
#include "gateway/configuration.hpp"
#include "tests/support/fuzz_check.hpp"

using namespace meerkat;

namespace {

void check_migration(const configuration_reading& before) {
    const auto text = migrated_text(before);
    FUZZ_CHECK(text.has_value());
    const auto after = read_configuration(*text, "g");
    FUZZ_CHECK(after.accepted());
    FUZZ_CHECK(config::find_comments(*text).all.size() == before.comments.all.size());
    // Keys that no release had together leave it open which one the file is of; without the older ones it may
    // be another.
    if (!before.generation.mixed.empty()) return;
    FUZZ_CHECK(after.servable() == before.servable());
    FUZZ_CHECK(config::differences(before.effective, after.effective).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = read_configuration(text, "f");
    FUZZ_CHECK(reading.accepted() == config::acceptable(reading.findings));
    for (const auto& d : reading.findings) {
        FUZZ_CHECK(!d.reason.empty() && !d.text.empty());
        FUZZ_CHECK(config::render(d).find('\0') == std::string::npos);
    }
    if (reading.accepted()) check_migration(reading);
    return 0;
}
