#include "config/comments.hpp"

#include "config/toml_string.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace meerkat::config {
namespace {

class comment_scanner {
public:
    explicit comment_scanner(std::string_view text) : text_(text) {}

    comments run() {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // the mark some editors begin a file with
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '\n') {
                end_line();
            } else if (c == '#') {
                take_comment();
            } else if (c == '"' || c == '\'') {
                begin_statement();
                skip_string();
            } else {
                if (c != ' ' && c != '\t' && c != '\r') begin_statement();
                if (c == '[' || c == '{') ++depth_;
                if ((c == ']' || c == '}') && depth_ > 0) --depth_;
                ++at_;
            }
        }
        settle_block(true);
        return std::move(found_);
    }

private:
    // Something other than a comment stands in the line.
    void begin_statement() {
        if (!line_is_empty_) return;
        line_is_empty_ = false;
        settle_block(false);
        if (depth_ > 0) return;  // another line of the value
        statement_ = line_;
        if (after_blank_) found_.after_blank.push_back(line_);
        after_blank_ = false;
        touches_statement_ = true;
    }

    void take_comment() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view text = text_.substr(at_, end - at_);
        while (text.ends_with('\r') || text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
        comment found;
        found.text = text;
        found.line = line_;
        if (depth_ > 0) {
            found.line = statement_;
        } else if (!line_is_empty_) {
            found.stands = comment_stand::behind;
            found.line = statement_;
            found.column = static_cast<std::uint32_t>(at_ - line_start_);
        } else {
            found.after_blank = std::exchange(after_blank_, false);
            if (found.after_blank) settle_block(true);
            block_.push_back(found_.all.size());
        }
        found_.all.push_back(std::move(found));
        line_has_comment_ = true;
        at_ = end;
    }

    void end_line() {
        const bool blank = line_is_empty_ && !line_has_comment_;
        if (blank && depth_ == 0) {
            settle_block(true);
            after_blank_ = true;
            touches_statement_ = false;
        }
        line_is_empty_ = true;
        line_has_comment_ = false;
        ++line_;
        line_start_ = ++at_;
    }

    // Lines of comments came to an end: at a blank line, or at what they stand above.
    void settle_block(bool at_blank) {
        if (block_.empty()) return;
        if (at_blank) {
            found_.all[block_.back()].before_blank = true;
            for (const std::size_t i : block_) {
                if (!touches_statement_) break;
                found_.all[i].stands = comment_stand::below;
                found_.all[i].line = statement_;
            }
        }
        block_.clear();
        touches_statement_ = false;
    }

    void skip_string() {
        const std::size_t end = after_string(text_, at_);
        const std::size_t newline = text_.substr(0, end).rfind('\n');
        if (newline != std::string_view::npos && newline >= at_) line_start_ = newline + 1;
        line_ +=
            static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                  text_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        at_ = end;
    }

    std::string_view text_;
    comments found_;
    std::size_t at_ = 0;
    std::size_t line_start_ = 0;
    std::size_t depth_ = 0;  // of brackets
    std::uint32_t line_ = 1;
    std::uint32_t statement_ = 0;     // the line where the key or header at hand begins
    std::vector<std::size_t> block_;  // comments on lines of their own, one below the other
    bool line_is_empty_ = true;       // but for a comment
    bool line_has_comment_ = false;
    bool after_blank_ = false;
    bool touches_statement_ = false;  // nothing blank since the last key or header
};

}  // namespace

comments find_comments(std::string_view text) { return comment_scanner(text).run(); }

}  // namespace meerkat::config
