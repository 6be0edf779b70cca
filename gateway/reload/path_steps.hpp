#pragma once
// What decides which file a path leads to: every symbolic link on its way, and the file itself.

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace meerkat {

using names_by_folder = std::map<std::filesystem::path, std::set<std::string>>;

// Adds the names whose change could change what is read at `file`, by the folders they are in. Where the way
// ends early, the name that is missing.
void add_steps(const std::filesystem::path& file, names_by_folder& into);

}  // namespace meerkat
