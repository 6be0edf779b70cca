#include "gateway/config_commands/migrate.hpp"

#include "config/toml_text.hpp"

#include <ostream>

namespace meerkat {

std::optional<std::string> migrated_text(const configuration_reading& reading) {
    if (!reading.accepted() || !reading.modern) return std::nullopt;
    std::string text = config::write_toml(*reading.modern, reading.comments);
    // The oldest files may hold bytes that are no UTF-8: what cannot be read back is not handed out.
    config::diagnostics refused;
    const auto again = config::read_document(text, {}, refused);
    if (!again || !config::same_values(*again, *reading.modern)) return std::nullopt;
    return text;
}

int migrate_configuration(const std::filesystem::path& file, std::optional<config::release> as,
                          std::ostream& out, std::ostream& findings) {
    const configuration_reading reading = load_configuration(file, as);
    for (const config::diagnostic& each : reading.findings) findings << config::render(each) << '\n';
    if (!reading.accepted()) {
        findings << file.string() << ": not migrated, because of the errors above\n";
        return 1;
    }
    const auto text = migrated_text(reading);
    if (!text) {
        findings
            << file.string()
            << ": not migrated: it holds what TOML cannot (bytes that are not UTF-8, or tables nested too "
               "deep); convert the file to UTF-8\n";
        return 1;
    }
    out << *text << std::flush;
    return out ? 0 : 1;
}

}  // namespace meerkat
