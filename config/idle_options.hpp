#pragma once
// Entries that are bound to nothing: options and sections that this release accepts, checks and does not
// keep, and older spellings of others; see table.hpp.

#include "config/typed_table.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace meerkat::config {

namespace detail {

// An option bound to nothing: used by all that this release only accepts.
template <class T>
option unbound(std::string key, const shape<T>& s, const std::optional<T>& fallback, std::string meaning) {
    option o;
    o.key = std::move(key);
    o.expected = s.expected;
    o.kind = s.kind;
    if (fallback) o.fallback = s.show(*fallback);
    o.meaning = std::move(meaning);
    return o;
}

// What is said when a section is written that goes nowhere.
struct idle_remark {
    option_state state;
    without consequence = without::warns;
    bool said = true;
};
void remark(reader& r, place where, const idle_remark& what);

// A section whose content is checked along `inside` and kept nowhere.
template <class Inner>
option idle_section(std::string key, option_form form, const table<Inner>& inner, idle_remark what,
                    std::string meaning) {
    option o = section_option(std::move(key), form, std::move(meaning), inner.shared());
    o.state = what.state;
    o.served_anyway = true;
    o.read = [form, what, inside = inner.shared()](reader& r, const member& m, void*) {
        const auto errors_before = r.error_count();
        const auto read_one = [&](const node& n) {
            const reader::idle_section idle(r);
            Inner scratch{};
            r.read(*inside, n, &scratch);
        };
        bool written = true;
        if (form == option_form::sections) {
            written = m.value.array() && !m.value.array()->empty();
            for_each_table(r, m.value, read_one);
        } else if (form == option_form::named_sections) {
            for_each_name(r, m.value, [&](const member& each) { read_one(each.value); });
        } else {
            read_one(m.value);
        }
        if (written && r.error_count() == errors_before) remark(r, m.where, what);
    };
    return o;
}

}  // namespace detail

// Accepted and checked; using a value other than the fallback draws a finding. Without a fallback any value
// does.
template <class T>
option not_yet(std::string key, const shape<T>& s, std::type_identity_t<std::optional<T>> fallback,
               without consequence, std::string meaning) {
    option o = detail::unbound(std::move(key), s, fallback, std::move(meaning));
    o.state = option_state::known_not_yet;
    o.read = [s, fallback, consequence](reader& r, const member& m, void*) {
        const auto value = s.read(r, m.value);
        if (!value) return;
        r.note(s.show(*value));
        if (value != fallback) r.used_without_effect(m.where, consequence);
    };
    return o;
}

// Accepted and checked for the files that have it; nothing in this server corresponds to it.
template <class T>
option never(std::string key, shape<T> s, const std::type_identity_t<std::optional<T>>& fallback,
             std::string meaning) {
    option o = detail::unbound(std::move(key), s, fallback, std::move(meaning));
    o.state = option_state::known_never;
    o.read = [s](reader& r, const member& m, void*) {
        const auto value = s.read(r, m.value);
        if (!value) return;
        r.note(s.show(*value));
        r.without_purpose(m.where);
    };
    return o;
}

// Accepted and checked, and kept nowhere: its purpose is served without it.
template <class T>
option accepted(std::string key, const shape<T>& s, const std::type_identity_t<std::optional<T>>& fallback,
                std::string meaning) {
    option o = detail::unbound(std::move(key), s, fallback, std::move(meaning));
    o.served_anyway = true;
    o.read = [s](reader& r, const member& m, void*) {
        if (const auto value = s.read(r, m.value)) r.note(s.show(*value));
    };
    return o;
}

// An option of a section that has no effect as a whole in this release: checked, and the section's remark
// says the rest.
template <class T>
option known(std::string key, const shape<T>& s, const std::type_identity_t<std::optional<T>>& fallback,
             std::string meaning) {
    option o = accepted(std::move(key), s, fallback, std::move(meaning));
    o.state = option_state::known_not_yet;
    return o;
}
template <class T>
option known_required(std::string key, const shape<T>& s, std::string meaning) {
    option o = known(std::move(key), s, std::nullopt, std::move(meaning));
    o.required = true;
    return o;
}

// Sections that have no effect in this release. Their tables may be of any struct; sections to come have
// tables of known_options.
struct known_options {};
using known_table = table<known_options>;

template <class Inner>
option section_not_yet(std::string key, const table<Inner>& inner, without consequence, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::section, inner,
                                {option_state::known_not_yet, consequence}, std::move(meaning));
}
template <class Inner>
option sections_not_yet(std::string key, const table<Inner>& inner, without consequence,
                        std::string meaning) {
    return detail::idle_section(std::move(key), option_form::sections, inner,
                                {option_state::known_not_yet, consequence}, std::move(meaning));
}
// The same inside of such a section, whose remark says it all.
template <class Inner>
option known_section(std::string key, const table<Inner>& inner, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::section, inner,
                                {option_state::known_not_yet, without::warns, false}, std::move(meaning));
}
template <class Inner>
option known_sections(std::string key, const table<Inner>& inner, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::sections, inner,
                                {option_state::known_not_yet, without::warns, false}, std::move(meaning));
}
// [key.<name>]
template <class Inner>
option known_names(std::string key, const table<Inner>& inner, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::named_sections, inner,
                                {option_state::known_not_yet, without::warns, false}, std::move(meaning));
}
// Nothing in this server corresponds to the section.
template <class Inner>
option section_never(std::string key, const table<Inner>& inner, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::section, inner, {option_state::known_never},
                                std::move(meaning));
}
// Its purpose is served whatever it says.
template <class Inner>
option section_accepted(std::string key, const table<Inner>& inner, std::string meaning) {
    return detail::idle_section(std::move(key), option_form::section, inner,
                                {option_state::works, without::warns, false}, std::move(meaning));
}

// Older spellings, which are rewritten before the file is read; see rewriter.hpp for what can become of them.
template <class T>
option older(std::string key, const shape<T>& s, release since, release until, rewriting becomes,
             std::string meaning) {
    option o = detail::unbound<T>(std::move(key), s, std::nullopt, std::move(meaning));
    o.older = true;
    o.releases = {.since = since, .until = until};
    o.modernize = std::move(becomes);
    return o;
}
// [key], or [[key]], with a table of its own.
template <class Inner>
option older_section(std::string key, const table<Inner>& inner, release since, release until,
                     rewriting becomes, std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::section, std::move(meaning), inner.shared());
    o.older = true;
    o.releases = {.since = since, .until = until};
    o.modernize = std::move(becomes);
    return o;
}
template <class Inner>
option older_sections(std::string key, const table<Inner>& inner, release since, release until,
                      rewriting becomes, std::string meaning) {
    option o = older_section(std::move(key), inner, since, until, std::move(becomes), std::move(meaning));
    o.form = option_form::sections;
    return o;
}

}  // namespace meerkat::config
