#pragma once
// Where the reader of Erlang terms stands in its text, and what its characters are. For config/terms.cpp
// only.

#include "config/values.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat::config {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_name_part(char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '_' || c == '@'; }
// Erlang takes every control character for white space.
inline bool is_space(char c) { return static_cast<unsigned char>(c) <= 0x20; }
// Inside a character of UTF-8, after its first byte.
inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
// Of a digit in any base up to 36; 99 if it is none.
int digit_value(char c);

void append_utf8(std::string& to, std::uint32_t code);

class term_cursor {
public:
    explicit term_cursor(std::string_view text);  // must outlive this

    bool at_end() const { return at_ >= text_.size(); }
    // NUL at the end.
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool sees(std::string_view word) const { return text_.substr(at_).starts_with(word); }
    // Columns count characters, not bytes.
    place where() const { return {line_, column_}; }

    char take();                       // not at the end
    bool take(std::string_view word);  // false, and nothing taken, when something else stands here
    void skip_blanks();                // and comments

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t column_ = 1;
};

}  // namespace meerkat::config
