#pragma once
// `meerkat config migrate FILE`: a configuration of any release in today's spelling, comments kept.

#include "config/release.hpp"
#include "gateway/configuration.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace meerkat {

// The text of an accepted file in today's spelling, or nothing where it has bytes that TOML cannot hold.
std::optional<std::string> migrated_text(const configuration_reading& reading);

// Prints the text on `out` and what was found on `findings`. 0, or 1 when the file has errors: then nothing
// goes to `out`.
int migrate_configuration(const std::filesystem::path& file, std::optional<config::release> as,
                          std::ostream& out, std::ostream& findings);

}  // namespace meerkat
