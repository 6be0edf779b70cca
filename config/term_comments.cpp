#include "config/term_comments.hpp"

#include "config/term_cursor.hpp"
#include "gateway/base/encoding.hpp"

#include <utility>

namespace meerkat::config {
namespace {

std::string as_toml(std::string_view line) {
    while (line.starts_with('%')) line.remove_prefix(1);
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    const bool utf8 = is_utf8(line);
    std::string text = "#";
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7F) {
            text += '?';
        } else if (utf8) {
            text += c;
        } else {
            append_utf8(text, byte);  // comments of that time may be Latin-1
        }
    }
    return text;
}

class scanner {
public:
    explicit scanner(std::string_view text) : in_(text) {}

    comments run() {
        while (!in_.at_end()) {
            const char c = in_.peek();
            if (c == '\n') {
                end_line();
            } else if (c == '%') {
                take_comment();
            } else if (is_space(c)) {
                in_.take();
            } else {
                take_term_part(c);
            }
        }
        return std::move(found_);
    }

private:
    void end_line() {
        const bool blank = line_is_empty_;
        if (blank && last_.line + 1 == in_.where().line && !found_.all.empty())
            found_.all.back().before_blank = true;
        after_blank_ = blank;
        line_is_empty_ = true;
        in_.take();
    }

    void take_comment() {
        comment found;
        found.line = in_.where().line;
        found.stands = line_is_empty_ ? comment_stand::above : comment_stand::behind;
        found.after_blank = line_is_empty_ && after_blank_;
        std::string line;
        while (!in_.at_end() && in_.peek() != '\n') line += in_.take();
        found.text = as_toml(line);
        found_.all.push_back(std::move(found));
        last_ = in_.where();
        line_is_empty_ = false;
    }

    void take_term_part(char c) {
        if (line_is_empty_ && after_blank_) found_.after_blank.push_back(in_.where().line);
        line_is_empty_ = false;
        in_.take();
        // Characters ($% is one) and texts, in which nothing is a comment.
        if (c == '$' && in_.peek() == '\\') in_.take();
        if (c == '$' && !in_.at_end()) in_.take();
        if (c != '"' && c != '\'') return;
        while (!in_.at_end()) {
            const char next = in_.take();
            if (next == c) return;
            if (next == '\\' && !in_.at_end()) in_.take();
        }
    }

    term_cursor in_;
    comments found_;
    place last_;  // the end of the last comment
    bool line_is_empty_ = true;
    bool after_blank_ = false;
};

}  // namespace

comments find_term_comments(std::string_view text) { return scanner(text).run(); }

}  // namespace meerkat::config
