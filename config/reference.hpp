#pragma once
// The option reference: every option of a table and of the tables inside it, as Markdown.

#include "config/option.hpp"

#include <string>

namespace meerkat::config {

// A heading for each section and a row for each option, in the order of the tables. Ends with a newline.
std::string reference_markdown(const option_table& root);

}  // namespace meerkat::config
