#include "config/toml_string.hpp"

namespace meerkat::config {

std::size_t after_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const std::string_view fence = quote == '"' ? R"(""")" : "'''";
    const bool multi_line = text.substr(at, 3) == fence;
    at += multi_line ? 3 : 1;
    while (at < text.size()) {
        if (quote == '"' && text[at] == '\\' && at + 1 < text.size()) {
            at += 2;
        } else if (multi_line && text.substr(at, 3) == fence) {
            at += 3;
            // Up to two more quotes may belong to the text.
            for (int extra = 0; extra < 2 && at < text.size() && text[at] == quote; ++extra) ++at;
            return at;
        } else if (!multi_line && text[at] == quote) {
            return at + 1;
        } else if (!multi_line && text[at] == '\n') {
            return at;
        } else {
            ++at;
        }
    }
    return at;
}

}  // namespace meerkat::config
