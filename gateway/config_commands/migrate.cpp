#include "gateway/config_commands/migrate.hpp"

#include "config/toml_text.hpp"

#include <ostream>

namespace meerkat {

namespace {

// Possible where keys that no release had together, or --as, left it open which release the file is of: what
// older releases alone had keeps its name, and may make the new file one of theirs.
void say_differences(const std::filesystem::path& file, const configuration_reading& before,
                     const std::string& text, std::ostream& findings) {
    const configuration_reading after = read_configuration(text, file.string());
    if (after.generation.read_as == before.generation.read_as) return;
    const auto changes = config::differences(before.effective, after.effective);
    if (changes.empty()) return;
    findings << file.string() << ": warning: this was read as a file of release "
             << to_string(before.generation.read_as) << "; the printed one will be read as of "
             << to_string(after.generation.read_as);
    if (!after.generation.because.empty()) findings << ", because of " << after.generation.because;
    findings << ". Write these options as you mean them:\n";
    for (const config::effective_change& each : changes) findings << "    " << each.path << '\n';
}

}  // namespace

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
    say_differences(file, reading, *text, findings);
    out << *text << std::flush;
    return out ? 0 : 1;
}

}  // namespace meerkat
