#include "config/key_depth.hpp"

#include "config/toml_string.hpp"

namespace meerkat::config {
namespace {

class scanner {
public:
    scanner(std::string_view text, std::size_t limit) : text_(text), limit_(limit) {}

    std::optional<place> run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"' || c == '\'') {
                skip_string();
                continue;
            }
            if (c == '#') {
                skip_comment();
                continue;
            }
            // Whatever separates keys from values and from each other starts a new count.
            if (c == '.') {
                if (++dots_ >= limit_) return place{line_, column()};
            } else if (c == '=' || c == ',' || c == '{' || c == '[' || c == '\n') {
                dots_ = 0;
            }
            advance();
        }
        return std::nullopt;
    }

private:
    std::uint32_t column() const { return static_cast<std::uint32_t>(at_ - line_start_ + 1); }

    void advance() {
        if (text_[at_++] == '\n') {
            ++line_;
            line_start_ = at_;
        }
    }

    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }

    void skip_string() {
        const std::size_t end = after_string(text_, at_);
        while (at_ < end) advance();
    }

    std::string_view text_;
    std::size_t limit_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    std::size_t dots_ = 0;
    std::uint32_t line_ = 1;
};

}  // namespace

std::optional<place> find_deep_key(std::string_view text, std::size_t limit) {
    return scanner(text, limit).run();
}

}  // namespace meerkat::config
