#pragma once
// The comments of a file of Erlang terms, as a TOML writer can keep them.

#include "config/comments.hpp"

#include <string_view>

namespace meerkat::config {

// `%% text` becomes `# text`. Total, as find_comments() is; what TOML does not allow in comments is replaced.
comments find_term_comments(std::string_view text);

}  // namespace meerkat::config
