#include "gateway/cfg/translation.hpp"

#include "config/suggestion.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <set>
#include <utility>

namespace meerkat::cfg {

using config::diagnostic;
using config::severity;

namespace {

// Whether a list is a table: pairs with names, perhaps bare names among them.
bool is_option_list(const term& from) {
    bool pairs = false;
    for (const term& item : from.items) {
        const bool pair = item.is_tuple(2) && item.items[0].is_atom();
        if (!pair && !item.is_atom()) return false;
        pairs = pairs || pair;
    }
    return pairs;
}

bool fits(const term& t, std::int64_t most) { return t.is_integer() && t.integer >= 0 && t.integer <= most; }

std::optional<std::string> dotted(const term& from) {
    std::string text;
    for (const term& part : from.items) {
        if (!fits(part, 255)) return std::nullopt;
        text += (text.empty() ? "" : ".") + std::to_string(part.integer);
    }
    return text;
}

std::optional<std::string> colons(const term& from) {
    in6_addr address{};
    for (std::size_t i = 0; i < from.items.size(); ++i) {
        if (!fits(from.items[i], 0xFFFF)) return std::nullopt;
        const auto group = static_cast<std::uint16_t>(from.items[i].integer);
        address.s6_addr[2 * i] = static_cast<std::uint8_t>(group >> 8U);
        address.s6_addr[2 * i + 1] = static_cast<std::uint8_t>(group & 0xFFU);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (!inet_ntop(AF_INET6, &address, text.data(), text.size())) return std::nullopt;
    return std::string(text.data());
}

}  // namespace

translation::inside::inside(translation& t, std::string_view name) : t_(t), before_(t.path_.size()) {
    if (!t_.path_.empty() && !name.empty()) t_.path_ += '.';
    t_.path_ += name;
}

translation::inside::~inside() { t_.path_.resize(before_); }

void translation::add(severity level, place where, std::string_view reason, std::string text,
                      std::string hint) {
    diagnostic d;
    d.level = level;
    d.file = file_;
    d.where = where;
    d.path = path_;
    d.reason = reason;
    d.text = std::move(text);
    d.hint = std::move(hint);
    findings_.push_back(std::move(d));
}

void translation::error(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::error, where, reason, std::move(text), std::move(hint));
}

void translation::warn(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::warning, where, reason, std::move(text), std::move(hint));
}

void translation::wrong_form(const term& what, std::string_view expected) {
    error(what.where, "wrong_type", "found " + what.describe() + ", expected " + std::string(expected));
}

void translation::no_modern_form(place where, std::string_view what, std::string hint) {
    error(where, "no_modern_form",
          std::string(what) + " has no counterpart here and cannot be left out silently",
          hint.empty() ? "remove it if the server can do without it" : std::move(hint));
}

void translation::unknown(place where, std::string_view kind, const std::string& name,
                          const std::vector<std::string>& known) {
    std::string hint = config::suggestion(name, known);
    if (hint.empty()) {
        for (const std::string& each : known) hint += (hint.empty() ? "allowed here: " : ", ") + each;
    }
    error(where, "unexpected_key", "there is no " + std::string(kind) + " of the name " + name,
          std::move(hint));
}

std::optional<std::string> translation::text(const term& from) {
    if (from.is_text() || from.is_atom()) return from.text;
    if (from.is_list() && from.items.empty()) return std::string();
    wrong_form(from, "a text");
    return std::nullopt;
}

std::optional<std::string> translation::name(const term& from) {
    const bool truth = from.is_atom("true") || from.is_atom("false");
    if ((from.is_text() || from.is_atom()) && !truth) return from.text;
    wrong_form(from, "a name");
    return std::nullopt;
}

std::optional<std::string> translation::address(const term& from) {
    std::optional<std::string> read;
    if (from.is_tuple(4)) read = dotted(from);
    if (from.is_tuple(8)) read = colons(from);
    if (from.is_text()) read = from.text;
    if (!read) wrong_form(from, "an IP address such as {127, 0, 0, 1} or \"127.0.0.1\"");
    return read;
}

const std::vector<term>* translation::list(const term& from) {
    if (from.is_list() || (from.is_text() && from.text.empty())) return &from.items;
    wrong_form(from, "a list");
    return nullptr;
}

const std::vector<term>* translation::list_of(const property& from) {
    if (from.value) return list(*from.value);
    wrong_form(*from.whole, "{" + from.name + ", [...]}");
    return nullptr;
}

std::vector<property> translation::all_properties(const term& from) {
    std::vector<property> found;
    const auto* items = list(from);
    if (!items) return found;
    for (const term& item : *items) {
        const bool named = item.is_tuple() && !item.items.empty() && item.items.front().is_atom();
        if ((!named && !item.is_atom()) || item.is_tuple(1)) {
            wrong_form(item, "an option: {name, value} or a name");
            continue;
        }
        const term& key = named ? item.items.front() : item;
        if (key.text.empty() || key.text.find('.') != std::string::npos) {
            wrong_form(key, "the name of an option");
            continue;
        }
        found.push_back({key.text, key.where, item.is_tuple(2) ? &item.items[1] : nullptr, &item});
    }
    return found;
}

std::vector<property> translation::properties(const term& from) {
    std::vector<property> first;
    std::set<std::string> seen;
    for (property& p : all_properties(from)) {
        if (seen.insert(p.name).second) {
            first.push_back(std::move(p));
        } else {
            warn(p.where, given_twice, p.name + " is given twice in this list: the first one counts",
                 "remove this one");
        }
    }
    return first;
}

std::optional<node> translation::value(const term& from) {
    switch (from.kind) {
        case term_kind::atom:
            if (from.text == "true") return node(true, from.where);
            if (from.text == "false") return node(false, from.where);
            return text_node(from.text, from.where);
        case term_kind::string:
        case term_kind::binary:
            return text_node(from.text, from.where);
        case term_kind::integer:
            return node(from.integer, from.where);
        case term_kind::number:
            return node(from.number, from.where);
        case term_kind::list:
            break;
        case term_kind::tuple:
            no_modern_form(from.where, "this tuple");
            return std::nullopt;
    }
    if (is_option_list(from)) return table(from);
    node_array items;
    for (const term& item : from.items) {
        if (auto read = value(item)) items.push_back(std::move(*read));
    }
    return node(std::move(items), from.where);
}

std::optional<node> translation::names(const term& from) {
    node_array found;
    const bool one = from.is_atom() || (from.is_text() && !from.text.empty());
    if (one) {
        found.push_back(text_node(from.text, from.where));
        return node(std::move(found), from.where);
    }
    const auto* items = list(from);
    if (!items) return std::nullopt;
    for (const term& item : *items) {
        if (auto read = name(item)) found.push_back(text_node(*read, item.where));
    }
    return node(std::move(found), from.where);
}

node translation::table(const term& from) {
    node_table members;
    for (const property& p : properties(from)) {
        if (auto read = value_of(p)) members.push_back({p.name, p.where, std::move(*read)});
    }
    return {std::move(members), from.where};
}

std::optional<node> translation::value_of(const property& from) {
    if (from.is_flag()) return node(true, from.where);
    if (!from.value) {
        wrong_form(*from.whole, "{" + from.name + ", value}");
        return std::nullopt;
    }
    const inside path(*this, from.name);
    return value(*from.value);
}

bool translation::put_value(node& to, std::string_view key, const property& from) {
    return put(to, key, from.where, value_of(from));
}

bool translation::put(node& to, std::string_view key, place where, std::optional<node> value) {
    if (!value) return false;
    if (put_at(to, key, where, std::move(*value))) return true;
    warn(where, given_twice, "this is given twice in different words: the first one counts",
         "remove this one");
    return false;
}

}  // namespace meerkat::cfg
