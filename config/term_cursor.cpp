#include "config/term_cursor.hpp"

namespace meerkat::config {

int digit_value(char c) {
    if (is_digit(c)) return c - '0';
    if (is_lower(c)) return c - 'a' + 10;
    if (is_upper(c)) return c - 'A' + 10;
    return 99;
}

void append_utf8(std::string& to, std::uint32_t code) {
    const auto put = [&to](std::uint32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

term_cursor::term_cursor(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

char term_cursor::take() {
    const char c = text_[at_++];
    const bool inside_character = !at_end() && is_continuation(text_[at_]);
    if (c == '\n') {
        ++line_;
        column_ = 1;
    } else if (!inside_character) {
        ++column_;
    }
    return c;
}

bool term_cursor::take(std::string_view word) {
    if (!sees(word)) return false;
    for (std::size_t i = 0; i < word.size(); ++i) take();
    return true;
}

void term_cursor::skip_blanks() {
    while (!at_end()) {
        if (is_space(peek())) {
            take();
        } else if (peek() == '%') {
            while (!at_end() && peek() != '\n') take();
        } else {
            return;
        }
    }
}

}  // namespace meerkat::config
