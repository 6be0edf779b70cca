#include "config/terms.hpp"

#include "config/document.hpp"
#include "config/term_cursor.hpp"
#include "gateway/base/encoding.hpp"

#include <charconv>
#include <system_error>

namespace meerkat::config {
namespace {

// Recursive descent; `deepest_term` bounds the recursion. Nothing means failed, and `failure()` says why. No
// message shows what stands in the file beyond single characters: it may be part of a password.
class term_reader {
public:
    explicit term_reader(std::string_view text) : in_(text) {}

    std::optional<std::vector<term>> read_all() {
        std::vector<term> terms;
        in_.skip_blanks();
        while (!in_.at_end()) {
            auto next = read_term(0);
            if (!next || !read_dot()) return std::nullopt;
            terms.push_back(std::move(*next));
            in_.skip_blanks();
        }
        return terms;
    }

    diagnostic failure() && { return std::move(failure_); }

private:
    std::nullopt_t fail(place where, std::string_view text, std::string_view hint = {},
                        std::string_view reason = "terms_parsing_failed") {
        failure_.where = where;
        failure_.reason = reason;
        failure_.text = text;
        failure_.hint =
            hint.empty() ? "nothing after this place was looked at; correct it and check again" : hint;
        return std::nullopt;
    }

    bool read_dot() {
        in_.skip_blanks();
        const place where = in_.where();
        if (!in_.take(".")) {
            fail(where, in_.at_end() ? "the file ends inside a term" : "expected the dot that ends the term",
                 "a term is `{name, value}.`; look for a missing comma, bracket or dot before this place");
            return false;
        }
        if (in_.at_end() || is_space(in_.peek()) || in_.peek() == '%') return true;
        fail(where, "a blank or the end of the line must follow the dot that ends a term");
        return false;
    }

    std::optional<term> read_term(std::size_t depth) {
        in_.skip_blanks();
        const place where = in_.where();
        if (++count_ > most_terms) return fail(where, "the file has too many terms", {}, "too_large");
        if (in_.at_end()) return fail(where, "the file ends where a value is expected");
        const char c = in_.peek();
        if (c == '{' || c == '[') return read_sequence(depth);
        if (c == '"') return read_string();
        if (c == '\'') return read_quoted(term_kind::atom);
        if (is_lower(c)) return read_atom();
        if (is_digit(c) || c == '-' || c == '+') return read_number();
        if (c == '$') return read_character();
        if (in_.sees("<<")) return read_binary();
        if (c == '#') return read_empty_map();
        return refuse_start(c);
    }

    std::nullopt_t refuse_start(char c) {
        const place where = in_.where();
        if (is_upper(c) || c == '_') {
            return fail(where, "a word that begins with an upper-case letter or _ is a variable, not a value",
                        "write it in double quotes if it is a text, in single quotes if it is an atom");
        }
        if (c == '?') return fail(where, "macros cannot be used", "write the macro's value here");
        if (c == ']' || c == '}' || c == ',') {
            return fail(where, std::string("found `") + c + "` where a value is expected",
                        "look for a comma too many or a bracket that was closed too early");
        }
        return fail(where, "found a character that begins no value",
                    "texts stand in double quotes; numbers, atoms, {tuples} and [lists] may stand here");
    }

    // A tuple or a list.
    std::optional<term> read_sequence(std::size_t depth) {
        term t;
        t.where = in_.where();
        if (depth >= deepest_term) return fail(t.where, "tuples and lists nest too deep", {}, "too_deep");
        const char closing = in_.take() == '{' ? '}' : ']';
        t.kind = closing == '}' ? term_kind::tuple : term_kind::list;
        in_.skip_blanks();
        if (in_.peek() == closing && !in_.at_end()) {
            in_.take();
            return t;
        }
        while (true) {
            auto item = read_term(depth + 1);
            if (!item) return std::nullopt;
            t.items.push_back(std::move(*item));
            in_.skip_blanks();
            const place where = in_.where();
            if (in_.take(",")) continue;
            if (in_.peek() == closing) {
                in_.take();
                return t;
            }
            if (in_.peek() == '|' && closing == ']') {
                return fail(where, "lists of the form [Head | Tail] cannot be used",
                            "write all elements, separated by commas");
            }
            if (in_.at_end()) return fail(where, "the file ends inside a tuple or list");
            return fail(where, closing == '}' ? "expected `,` or `}` here" : "expected `,` or `]` here",
                        "look for a missing comma, quote or bracket before this place");
        }
    }

    std::optional<term> read_atom() {
        term t;
        t.kind = term_kind::atom;
        t.where = in_.where();
        while (is_name_part(in_.peek())) t.text += in_.take();
        if (t.text != "fun") return t;
        return fail(t.where, "functions cannot be used", "leave out the option that takes the function");
    }

    std::optional<term> read_string() {
        auto t = read_quoted(term_kind::string);
        // Strings next to each other are one.
        while (t) {
            in_.skip_blanks();
            if (in_.peek() != '"') break;
            auto more = read_quoted(term_kind::string);
            if (!more) return std::nullopt;
            t->text += more->text;
        }
        return t;
    }

    // "..." or '...', by the quote it stands at.
    std::optional<term> read_quoted(term_kind kind) {
        term t;
        t.kind = kind;
        t.where = in_.where();
        const char quote = in_.take();
        while (true) {
            if (in_.at_end()) return fail(t.where, "the quote that is opened here is never closed");
            const place where = in_.where();
            if (in_.peek() == quote) {
                in_.take();
                return t;
            }
            if (in_.peek() == '\\') {
                const auto code = read_escape();
                if (!code) return std::nullopt;
                append_utf8(t.text, *code);
                continue;
            }
            if (!read_plain(t.text)) return fail(where, "this text is not UTF-8", "save the file as UTF-8");
        }
    }

    // One character as it stands.
    bool read_plain(std::string& to) {
        std::string character(1, in_.take());
        while (!in_.at_end() && is_continuation(in_.peek())) character += in_.take();
        if (!is_utf8(character)) return false;
        to += character;
        return true;
    }

    std::optional<std::uint32_t> read_escape() {
        const place where = in_.where();
        in_.take();
        if (in_.at_end()) return fail(where, "the file ends after a backslash");
        if (in_.peek() >= '0' && in_.peek() <= '7') return read_digits(8, 3, where);
        if (in_.take("x{")) {
            const auto code = read_digits(16, 8, where);
            if (code && !in_.take("}")) return fail(where, "expected `}` after the digits of `\\x{`");
            return code;
        }
        if (in_.take("x")) return read_digits(16, 2, where);
        if (in_.take("^")) return in_.at_end() ? 0U : static_cast<unsigned char>(in_.take()) & 0x1FU;
        constexpr std::string_view names = "nrtvbfesd";
        constexpr std::string_view meanings = "\n\r\t\v\b\f\x1B \x7F";
        const auto known = names.find(in_.peek());
        if (known != std::string_view::npos) {
            in_.take();
            return static_cast<unsigned char>(meanings[known]);
        }
        if (static_cast<unsigned char>(in_.peek()) >= 0x80) {
            return fail(where, "a backslash stands before a character that needs none");
        }
        return static_cast<unsigned char>(in_.take());  // itself: quotes and backslashes
    }

    std::optional<std::uint32_t> read_digits(int base, int most, place where) {
        std::uint32_t code = 0;
        int digits = 0;
        for (; digits < most && digit_value(in_.peek()) < base; ++digits) {
            code =
                code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_value(in_.take()));
        }
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (digits == 0 || code > 0x10FFFF || surrogate) return fail(where, "this escape names no character");
        return code;
    }

    std::optional<term> read_character() {
        term t;
        t.kind = term_kind::integer;
        t.where = in_.where();
        in_.take();
        if (in_.at_end()) return fail(t.where, "the file ends after `$`");
        if (in_.peek() == '\\') {
            const auto code = read_escape();
            if (!code) return std::nullopt;
            t.integer = *code;
            return t;
        }
        if (static_cast<unsigned char>(in_.peek()) >= 0x80) {
            return fail(t.where, "a character after `$` must be ASCII here", "write its number");
        }
        t.integer = static_cast<unsigned char>(in_.take());
        return t;
    }

    std::optional<term> read_binary() {
        term t;
        t.kind = term_kind::binary;
        t.where = in_.where();
        in_.take("<<");
        in_.skip_blanks();
        while (!in_.take(">>")) {
            if (in_.peek() != '"') {
                return fail(in_.where(), "a binary must be a text here: <<\"...\">>",
                            "numbers, sizes and types inside << >> cannot be used");
            }
            const auto part = read_string();
            if (!part) return std::nullopt;
            t.text += part->text;
            in_.take("/utf8");
            in_.skip_blanks();
            if (in_.take(",")) {
                in_.skip_blanks();
            } else if (!in_.sees(">>")) {
                return fail(in_.where(), "expected `>>` here", "look for a missing quote before this place");
            }
        }
        return t;
    }

    std::optional<term> read_empty_map() {
        term t;
        t.where = in_.where();
        in_.take();
        if (in_.take("{")) {
            in_.skip_blanks();
            if (in_.take("}")) return t;
        }
        return fail(t.where, "maps, #{...}, cannot be used", "write it as a list: [{key, value}, ...]");
    }

    std::optional<term> read_number();

    term_cursor in_;
    std::size_t count_ = 0;
    diagnostic failure_;
};

std::optional<term> term_reader::read_number() {
    term t;
    t.kind = term_kind::integer;
    t.where = in_.where();
    std::string digits;
    if (in_.peek() == '-' || in_.peek() == '+') {
        if (in_.take() == '-') digits = "-";
        in_.skip_blanks();
    }
    const auto take_digits = [this, &digits](int base) {
        std::size_t found = 0;
        while (digit_value(in_.peek()) < base || (found > 0 && in_.peek() == '_')) {
            const char c = in_.take();
            if (c == '_') continue;
            digits += c;
            ++found;
        }
        return found > 0;
    };
    if (!take_digits(10)) return fail(t.where, "expected a number after the sign");

    int base = 10;
    if (in_.peek() == '#') {
        const std::string written = digits.starts_with('-') ? digits.substr(1) : digits;
        base = written.size() <= 2 ? std::stoi(written) : 0;
        if (base < 2 || base > 36) return fail(t.where, "the base before `#` must be from 2 to 36");
        in_.take();
        digits = digits.starts_with('-') ? "-" : "";
        if (!take_digits(base)) return fail(t.where, "expected digits after `#`");
    } else if (in_.peek() == '.' && is_digit(in_.peek(1))) {
        t.kind = term_kind::number;
        digits += in_.take();
        take_digits(10);
        if (in_.peek() == 'e' || in_.peek() == 'E') {
            digits += in_.take();
            if (in_.peek() == '-' || in_.peek() == '+') {
                if (in_.take() == '-') digits += '-';
            }
            if (!take_digits(10)) return fail(t.where, "expected digits after the `e` of the number");
        }
    }
    if (is_name_part(in_.peek())) return fail(in_.where(), "a letter follows a number");

    const char* end = digits.data() + digits.size();
    const auto read = t.kind == term_kind::number ? std::from_chars(digits.data(), end, t.number)
                                                  : std::from_chars(digits.data(), end, t.integer, base);
    if (read.ec != std::errc{} || read.ptr != end) return fail(t.where, "the number is too large");
    return t;
}

}  // namespace

std::string term::describe() const {
    switch (kind) {
        case term_kind::atom:
            return text.size() <= 64 ? "the atom " + text : "an atom";
        case term_kind::integer:
            return "an integer";
        case term_kind::number:
            return "a floating point number";
        case term_kind::string:
            return "a string";
        case term_kind::binary:
            return "a binary";
        case term_kind::tuple:
            return "a tuple of " + std::to_string(items.size());
        case term_kind::list:
            return items.empty() ? "an empty list" : "a list";
    }
    return "a term";
}

std::optional<std::vector<term>> read_terms(std::string_view text, std::string_view file,
                                            diagnostics& findings) {
    diagnostic failure;
    if (text.size() <= largest_document) {
        term_reader reader(text);
        if (auto terms = reader.read_all()) return terms;
        failure = std::move(reader).failure();
    } else {
        failure.reason = "too_large";
        failure.text = "the file is larger than 16 MiB";
    }
    failure.file = file;
    findings.push_back(std::move(failure));
    return std::nullopt;
}

}  // namespace meerkat::config
