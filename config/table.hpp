#pragma once
// Option tables with types: every entry binds an option to a member of an area's struct, so that adding an
// option is adding one entry. The default is what a fresh struct holds; it is written nowhere else.
//
//     table<c2s_listener_options> t{
//         required("port", &c2s_listener_options::port, integer<std::uint16_t>(0, 65535), "Port to ..."),
//         section("tls", &c2s_listener_options::tls, tls_table(), "Certificate and ..."),
//         not_yet("proxy_protocol", boolean(), false, without::blocks, "Peers begin with ..."),
//         older("xml_socket", boolean(), "4.0.0"_r, "5.0.1"_r, dropped("..."), "..."),
//     };

#include "config/option.hpp"
#include "config/reader.hpp"
#include "config/rewriter.hpp"
#include "config/shape.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace meerkat::config {

// An option that belongs into table<Struct>. One that touches no member belongs into any.
template <class Struct>
struct bound_option : entry_words<bound_option<Struct>> {
    option value;
    option& described() { return value; }
    bound_option(option o) : value(std::move(o)) {}  // NOLINT(google-explicit-constructor)
    struct of_struct {};
    bound_option(of_struct, option o) : value(std::move(o)) {}
};

template <class Struct>
class table {
public:
    table() : content_(std::make_shared<option_table>()) {}
    table(std::initializer_list<bound_option<Struct>> options) : table() {
        for (const auto& each : options) content_->options.push_back(each.value);
    }

    table& add(bound_option<Struct> each) {
        content_->options.push_back(std::move(each.value));
        return *this;
    }

    // Takes over all options of a member's own table, as if they were written here.
    template <class Member>
    table& include(Member Struct::* where, const table<Member>& other) {
        const auto focus = [where](void* target) -> void* { return &(static_cast<Struct*>(target)->*where); };
        for (option o : other.content().options) {
            if (o.read) {
                o.read = [focus, read = o.read](reader& r, const member& m, void* target) {
                    read(r, m, focus(target));
                };
            }
            content_->options.push_back(std::move(o));
        }
        for (const auto& begin : other.content().beginnings)
            content_->beginnings.push_back([focus, begin](const node& n, void* t) { begin(n, focus(t)); });
        for (const auto& check : other.content().checks)
            content_->checks.push_back(
                [focus, check](reader& r, const node& n, void* t) { check(r, n, focus(t)); });
        for (const auto& run : other.content().modernizers) content_->modernizers.push_back(run);
        return *this;
    }

    // The same without some of them.
    table& without_keys(std::initializer_list<std::string_view> keys) {
        std::erase_if(content_->options, [keys](const option& o) {
            return std::find(keys.begin(), keys.end(), o.key) != keys.end();
        });
        return *this;
    }

    // Which releases had an option, where tables of several sections share it.
    table& released(std::string_view key, release since) {
        for (option& o : content_->options) {
            if (o.key == key) o.releases.since = since;
        }
        return *this;
    }

    table& own(std::string_view key) {
        for (option& o : content_->options) {
            if (o.key == key) o.releases.own = true;
        }
        return *this;
    }

    // Notes where in the file the table stands.
    table& place_in(place Struct::* where) {
        content_->beginnings.push_back(
            [where](const node& n, void* target) { static_cast<Struct*>(target)->*where = n.where(); });
        return *this;
    }

    // Runs when all options of the table were right; may derive values too.
    table& check(void (*run)(reader&, const node&, Struct&)) {
        content_->checks.push_back(
            [run](reader& r, const node& n, void* target) { run(r, n, *static_cast<Struct*>(target)); });
        return *this;
    }

    // What a table of an older file needs so that it means the same today; its options are modern by then.
    table& modernize(void (*run)(rewriter&, node&)) {
        content_->modernizers.emplace_back(run);
        return *this;
    }

    // Refuses a key that is an option elsewhere. Keys that are options here are not concerned.
    table& refuse(std::string key, stranger words) {
        content_->strangers.emplace(std::move(key), std::move(words));
        return *this;
    }

    table& unknown_reason(std::string reason) {
        content_->unknown_reason = std::move(reason);
        return *this;
    }

    const option_table& content() const { return *content_; }
    std::shared_ptr<const option_table> shared() const { return content_; }

    void read(reader& r, const node& from, Struct& into) const { r.read(*content_, from, &into); }

private:
    std::shared_ptr<option_table> content_;
};

namespace detail {

template <class T>
std::string show_default(const shape<T>& s, const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        if (value.empty()) return {};  // stands for "unset"
    }
    return s.show(value);
}
template <class T>
std::string show_default(const shape<T>& s, const std::optional<T>& value) {
    return value ? s.show(*value) : std::string();
}

template <class T>
T& present(T& member) {
    return member;
}
template <class T>
T& present(std::optional<T>& member) {
    return member.emplace();
}

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

inline option section_option(std::string key, option_form form, std::string meaning,
                             std::shared_ptr<const option_table> inside) {
    option o;
    o.key = std::move(key);
    o.form = form;
    o.meaning = std::move(meaning);
    o.inside = std::move(inside);
    return o;
}

// Calls `each` for every table of an array of tables; anything else is a finding.
void for_each_table(reader& r, const node& n, const std::function<void(const node&)>& each);
// Calls `each` for every named entry; the reader stands at it meanwhile.
void for_each_name(reader& r, const node& n, const std::function<void(const member&)>& each);

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
                    std::string meaning);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
option open_option(std::string key, option_state state, without consequence, std::string meaning);

}  // namespace detail

template <class Struct, class Member, class T>
bound_option<Struct> optional(std::string key, Member Struct::* where, const shape<T>& s,
                              std::string meaning) {
    option o;
    o.key = std::move(key);
    o.expected = s.expected;
    o.kind = s.kind;
    o.fallback = detail::show_default(s, Struct{}.*where);
    o.meaning = std::move(meaning);
    o.read = [where, s](reader& r, const member& m, void* target) {
        auto value = s.read(r, m.value);
        if (!value) return;
        r.note(s.show(*value));
        static_cast<Struct*>(target)->*where = std::move(*value);
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

template <class Struct, class Member, class T>
bound_option<Struct> required(std::string key, Member Struct::* where, shape<T> s, std::string meaning) {
    auto bound = optional(std::move(key), where, std::move(s), std::move(meaning));
    bound.value.required = true;
    bound.value.fallback.clear();
    return bound;
}

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
option never(std::string key, shape<T> s, std::type_identity_t<std::optional<T>> fallback,
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
option accepted(std::string key, const shape<T>& s, std::type_identity_t<std::optional<T>> fallback,
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
option known(std::string key, const shape<T>& s, std::type_identity_t<std::optional<T>> fallback,
             std::string meaning) {
    option o = accepted(std::move(key), s, std::move(fallback), std::move(meaning));
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
// A section whose content is not looked at in this release.
inline option section_not_yet(std::string key, without consequence, std::string meaning) {
    return detail::open_option(std::move(key), option_state::known_not_yet, consequence, std::move(meaning));
}
inline option section_accepted(std::string key, std::string meaning) {
    return detail::open_option(std::move(key), option_state::works, without::warns, std::move(meaning));
}
inline option section_never(std::string key, std::string meaning) {
    return detail::open_option(std::move(key), option_state::known_never, without::warns, std::move(meaning));
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

// [key] into a member, or into an optional one that is set by the section's presence.
template <class Struct, class Member, class Inner>
bound_option<Struct> section(std::string key, Member Struct::* where, const table<Inner>& inner,
                             std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::section, std::move(meaning), inner.shared());
    o.implied = !detail::is_optional<Member>;
    o.read = [where, inside = inner.shared()](reader& r, const member& m, void* target) {
        r.read(*inside, m.value, &detail::present(static_cast<Struct*>(target)->*where));
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

namespace detail {

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

// [key] into the struct the table itself stands for: several areas may share a section so.
template <class Struct>
bound_option<Struct> group(std::string key, const table<Struct>& inner, std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::section, std::move(meaning), inner.shared());
    o.implied = true;
    o.read = [inside = inner.shared()](reader& r, const member& m, void* target) {
        r.read(*inside, m.value, target);
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

// [[key]], each handed to `add` with the place it stands at.
template <class Struct, class Inner>
bound_option<Struct> sections_into(std::string key, void (*add)(Struct&, Inner, place),
                                   const table<Inner>& inner, std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::sections, std::move(meaning), inner.shared());
    o.read = [add, inside = inner.shared()](reader& r, const member& m, void* target) {
        detail::for_each_table(r, m.value, [&](const node& each) {
            Inner value;
            r.read(*inside, each, &value);
            add(*static_cast<Struct*>(target), std::move(value), each.where());
        });
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

// [[key]] into a vector.
template <class Struct, class Inner>
bound_option<Struct> sections(std::string key, std::vector<Inner> Struct::* where, const table<Inner>& inner,
                              std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::sections, std::move(meaning), inner.shared());
    o.read = [where, inside = inner.shared()](reader& r, const member& m, void* target) {
        auto& list = static_cast<Struct*>(target)->*where;
        detail::for_each_table(r, m.value,
                               [&](const node& each) { r.read(*inside, each, &list.emplace_back()); });
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

// [key.<name>] into a map.
template <class Struct, class Inner>
bound_option<Struct> named_sections(std::string key, std::map<std::string, Inner> Struct::* where,
                                    const table<Inner>& inner, std::string meaning) {
    option o = detail::section_option(std::move(key), option_form::named_sections, std::move(meaning),
                                      inner.shared());
    o.read = [where, inside = inner.shared()](reader& r, const member& m, void* target) {
        auto& map = static_cast<Struct*>(target)->*where;
        detail::for_each_name(r, m.value,
                              [&](const member& each) { r.read(*inside, each.value, &map[each.key]); });
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

// [[key.<name>]] into a map of vectors.
template <class Struct, class Inner>
bound_option<Struct> named_lists(std::string key, std::map<std::string, std::vector<Inner>> Struct::* where,
                                 const table<Inner>& inner, std::string meaning) {
    option o =
        detail::section_option(std::move(key), option_form::named_lists, std::move(meaning), inner.shared());
    o.read = [where, inside = inner.shared()](reader& r, const member& m, void* target) {
        auto& map = static_cast<Struct*>(target)->*where;
        detail::for_each_name(r, m.value, [&](const member& each) {
            auto& list = map[each.key];
            detail::for_each_table(r, each.value,
                                   [&](const node& item) { r.read(*inside, item, &list.emplace_back()); });
        });
    };
    return {typename bound_option<Struct>::of_struct{}, std::move(o)};
}

// Makes an option mandatory in its table.
template <class Struct>
bound_option<Struct> mandatory(bound_option<Struct> bound) {
    bound.value.required = true;
    return bound;
}

}  // namespace meerkat::config
