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

#include "config/idle_options.hpp"
#include "config/typed_table.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace meerkat::config {

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

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

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
        static_cast<Struct*>(target)->*where = std::move(*value);  // NOLINT(*-optional-value-conversion)
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
