#include "xmpp/xml/scanner.hpp"

#include "xmpp/xml/byte_classes.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace meerkat::xml {

namespace {

constexpr std::uint32_t hashed(std::uint32_t hash, char c) {
    return std::rotl(hash, 5) ^ static_cast<unsigned char>(c);
}

std::uint32_t to_count(std::size_t limit) {
    return static_cast<std::uint32_t>(
        std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

scanner::scanner(framing form, const limits& bounds) : streamed_(form == framing::stream) {
    set_limits(bounds);
    restart();
}

void scanner::set_limits(const limits& bounds) {
    most_bytes_ = bounds.bytes;
    most_elements_ = to_count(bounds.elements);
    most_depth_ = to_count(bounds.depth);
    most_attributes_ = to_count(bounds.attributes);
}

void scanner::restart() {
    place_ = streamed_ ? place::start : place::gap;
    reason_ = reason::none;
    size_ = 0;
    elements_ = 0;
    matched_ = 0;
    declared_ = false;
    opened_ = false;
}

scanner::step scanner::scan(std::string_view input, open_elements& open) {
    const bytes begin = input.data();
    const bytes end = begin + input.size();
    bytes at = begin;
    if (size_ == 0) {
        const outcome what = outside(at, end);
        if (what != outcome::more || at == end) return {what, static_cast<std::size_t>(at - begin), 0};
    }
    const bytes item = at;
    const std::size_t allowed = most_bytes_ - std::min(most_bytes_, size_);
    const bytes stop = static_cast<std::size_t>(end - at) > allowed ? at + allowed : end;
    outcome what = inside(at, stop, open);
    if (what == outcome::more && stop != end) what = fail(reason::too_big);
    if (what == outcome::more) {
        size_ += static_cast<std::size_t>(at - item);
    } else {
        size_ = 0;
        elements_ = 0;
    }
    return {what, static_cast<std::size_t>(at - begin), static_cast<std::size_t>(item - begin)};
}

// Leaves `at` at the < that begins an item.
scanner::outcome scanner::outside(bytes& at, bytes end) {
    if (place_ == place::empty_stream) {
        place_ = place::over;
        return outcome::closing;
    }
    if (place_ == place::over) at = end;
    if (place_ == place::start && at != end) {
        place_ = place::gap;
        if (!mark_of(*at).empty()) {
            quote_ = *at++;
            matched_ = 1;
            place_ = place::order_mark;
        }
    }
    while (place_ == place::order_mark && at != end)
        if (order_mark(*at++) == outcome::failed) return outcome::failed;
    while (at != end && is_space(*at)) ++at;
    if (at == end || *at == '<') return outcome::more;
    return fail(is_control(*at) ? reason::control_character : reason::stray_text);
}

scanner::outcome scanner::order_mark(char c) {
    const std::string_view mark = mark_of(quote_);
    if (c != mark[matched_]) return fail(quote_ == '\0' ? reason::control_character : reason::stray_text);
    if (++matched_ < mark.size()) return outcome::more;
    if (quote_ != '\xef') return fail(reason::encoding);
    place_ = place::gap;
    return outcome::more;
}

scanner::outcome scanner::inside(bytes& at, bytes end, open_elements& open) {
    while (at != end) {
        outcome what = outcome::more;
        switch (place_) {
            case place::gap:
                ++at;
                place_ = place::less;
                break;
            case place::less:
                what = less(*at++, open);
                break;
            case place::exclamation:
                what = exclamation(*at++, open);
                break;
            case place::target:
            case place::declaration:
            case place::declaration_end:
                what = declaration(at, end);
                break;
            case place::cdata_start:
            case place::cdata:
                what = cdata(at, end);
                break;
            case place::text:
                what = text(at, end);
                break;
            case place::end_name:
            case place::end_tag:
                what = end_tag(at, end, open);
                break;
            default:
                what = start_tag(at, end, open);
                break;
        }
        if (what != outcome::more) return what;
    }
    return outcome::more;
}

scanner::outcome scanner::less(char c, const open_elements& open) {
    switch (c) {
        case '/':
            if (open.empty() && !opened_) return fail(reason::broken_tag);
            name_ = 0;
            place_ = place::end_name;
            return outcome::more;
        case '!':
            place_ = place::exclamation;
            return outcome::more;
        case '?':
            if (!in_prologue() || declared_) return fail(reason::restricted);
            matched_ = 0;
            place_ = place::target;
            return outcome::more;
        default:
            break;
    }
    if (is_control(c)) return fail(reason::control_character);
    if (kind_of(c) != ordinary) return fail(reason::broken_tag);
    if (elements_ == most_elements_) return fail(reason::too_many_elements);
    if (open.size() >= most_depth_) return fail(reason::too_deep);
    ++elements_;
    attributes_ = 0;
    name_ = hashed(0, c);
    place_ = place::name;
    return outcome::more;
}

scanner::outcome scanner::exclamation(char c, const open_elements& open) {
    if (c != '[') return fail(reason::restricted);  // a comment or a document type declaration
    if (open.empty()) return fail(reason::stray_text);
    matched_ = 0;
    place_ = place::cdata_start;
    return outcome::more;
}

scanner::outcome scanner::declaration(bytes& at, bytes end) {
    constexpr std::string_view target = "xml";
    for (; at != end; ++at) {
        if (is_control(*at)) return fail(reason::control_character);
        if (place_ == place::target) {
            const bool matches = matched_ < target.size() ? *at == target[matched_] : is_space(*at);
            if (!matches) return fail(reason::restricted);  // another processing instruction
            if (++matched_ > target.size()) place_ = place::declaration;
        } else if (place_ == place::declaration_end && *at == '>') {
            ++at;
            declared_ = true;
            place_ = place::gap;
            return outcome::declaration;
        } else {
            place_ = *at == '?' ? place::declaration_end : place::declaration;
        }
    }
    return outcome::more;
}

scanner::outcome scanner::cdata(bytes& at, bytes end) {
    constexpr std::string_view rest = "CDATA[";
    for (; place_ == place::cdata_start && at != end; ++at) {
        if (*at != rest[matched_]) return fail(reason::broken_tag);
        if (++matched_ < rest.size()) continue;
        matched_ = 0;
        place_ = place::cdata;
    }
    while (at != end) {
        if (matched_ == 0) at = find(at, end, ']', ']');
        if (at == end) break;
        const char c = *at++;
        if (is_control(c)) return fail(reason::control_character);
        if (c == '>' && matched_ == 2) {
            place_ = place::text;
            return outcome::more;
        }
        matched_ = c == ']' ? std::min<std::uint8_t>(matched_ + 1U, 2) : std::uint8_t{0};
    }
    return outcome::more;
}

// The place is kept in a local while a tag is read, so that the compiler turns the common transitions into
// jumps.
scanner::outcome scanner::start_tag(bytes& at, bytes end, open_elements& open) {
    bytes here = at;
    place now = place_;
    std::uint32_t name = name_;
    const auto stop = [&](reason why) {
        at = here;
        return fail(why);
    };
    const auto stop_at = [&](char c) {
        return stop(is_control(c) ? reason::control_character
                    : c == '<'    ? reason::less_in_tag
                                  : reason::broken_tag);
    };
    while (here != end) {
        const char c = *here;
        switch (now) {
            case place::name:
                if (kind_of(c) == ordinary) {
                    name = hashed(name, c);
                    ++here;
                    continue;
                }
                [[fallthrough]];
            case place::value_end:
                if (c != '>' && c != '/' && !is_space(c)) return stop_at(c);
                now = place::tag;
                continue;
            case place::tag:
                if (is_space(c)) {
                    ++here;
                    continue;
                }
                if (c == '>' || c == '/') {
                    ++here;
                    if (c == '/') {
                        now = place::empty_end;
                        continue;
                    }
                    at = here;
                    name_ = name;
                    return start_tag_done(open, false);
                }
                if (kind_of(c) != ordinary) return stop_at(c);
                if (attributes_ == most_attributes_) return stop(reason::too_many_attributes);
                ++attributes_;
                ++here;
                now = place::attribute;
                [[fallthrough]];
            case place::attribute:
                while (here != end && kind_of(*here) == ordinary) ++here;
                if (end - here < 2 || here[0] != '=' || (here[1] != '\'' && here[1] != '"')) {
                    now = here == end ? place::attribute : place::equals;
                    continue;
                }
                // The common spelling in one go.
                quote_ = here[1];
                here += 2;
                now = place::value;
                [[fallthrough]];
            case place::value:
                here = find(here, end, quote_, '<');
                if (here == end) continue;
                if (*here == '<' || is_control(*here)) return stop_at(*here);
                if (*here == quote_) now = place::value_end;
                ++here;
                continue;
            case place::equals:
                if (c != '=' && !is_space(c)) return stop_at(c);
                ++here;
                if (c == '=') now = place::quote;
                continue;
            case place::quote:
                if (c != '"' && c != '\'' && !is_space(c)) return stop_at(c);
                ++here;
                if (is_space(c)) continue;
                quote_ = c;
                now = place::value;
                continue;
            default:  // place::empty_end
                if (c != '>') return stop_at(c);
                at = here + 1;
                name_ = name;
                return start_tag_done(open, true);
        }
    }
    at = here;
    name_ = name;
    place_ = now;
    return outcome::more;
}

scanner::outcome scanner::start_tag_done(open_elements& open, bool empty) {
    if (in_prologue()) {
        opened_ = true;
        stream_name_ = name_;
        place_ = empty ? place::empty_stream : place::gap;
        return outcome::opening;
    }
    if (streamed_ && open.empty() && name_ == stream_name_) {
        // An opening tag where none is expected. It is told now and not when it is closed, which may be
        // never.
        place_ = place::over;
        return outcome::opening;
    }
    place_ = place::text;
    if (!empty) open.push_back(name_);
    if (!open.empty()) return outcome::more;
    place_ = place::gap;
    return outcome::element;
}

scanner::outcome scanner::text(bytes& at, bytes end) {
    while (true) {
        at = find(at, end, '<', '<');
        if (at == end) return outcome::more;
        const char c = *at++;
        if (c == '<') break;
        if (is_control(c)) return fail(reason::control_character);
    }
    place_ = place::less;
    return outcome::more;
}

scanner::outcome scanner::end_tag(bytes& at, bytes end, open_elements& open) {
    if (place_ == place::end_name) {
        for (; at != end && kind_of(*at) == ordinary; ++at) name_ = hashed(name_, *at);
        if (at == end) return outcome::more;
        if (name_ != (open.empty() ? stream_name_ : open.back()) && !is_control(*at))
            return fail(reason::mismatched);
        place_ = place::end_tag;
    }
    while (at != end && is_space(*at)) ++at;
    if (at == end) return outcome::more;
    if (*at != '>') return fail(is_control(*at) ? reason::control_character : reason::broken_tag);
    ++at;
    if (open.empty()) {
        place_ = place::over;
        return outcome::closing;
    }
    open.pop_back();
    place_ = open.empty() ? place::gap : place::text;
    return open.empty() ? outcome::element : outcome::more;
}

scanner::outcome scanner::fail(reason why) {
    reason_ = why;
    place_ = place::over;
    return outcome::failed;
}

scanner::failure scanner::why() const {
    switch (reason_) {
        case reason::none:
        case reason::broken_tag:
            return {violation::not_well_formed, "not well-formed"};
        case reason::control_character:
            return {violation::not_well_formed, "control character"};
        case reason::less_in_tag:
            return {violation::not_well_formed, "< inside a tag"};
        case reason::mismatched:
            return {violation::not_well_formed, "mismatched tag"};
        case reason::restricted:
            return {violation::restricted_xml,
                    "comments, processing instructions and document types are not allowed"};
        case reason::stray_text:
            if (!opened_) return {violation::not_well_formed, "not well-formed"};
            return {violation::bad_format, "text between stanzas"};
        case reason::encoding:
            return {violation::unsupported_encoding, "only UTF-8 is supported"};
        case reason::too_big:
            // Before the opening tag is read, there is no stream that could have a policy.
            return {in_prologue() ? violation::not_well_formed : violation::too_big, "element too big"};
        case reason::too_deep:
            return {violation::too_deep, "elements nested too deep"};
        case reason::too_many_elements:
            return {violation::too_many_elements, "too many elements"};
        case reason::too_many_attributes:
            break;
    }
    return {violation::too_many_attributes, "too many attributes"};
}

}  // namespace meerkat::xml
