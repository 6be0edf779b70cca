#pragma once
// What every part of the reader of `.cfg` files works with: where findings go, and how single terms become
// values. Terms that no option can take are a finding, and the reading goes on.

#include "config/diagnostic.hpp"
#include "config/terms.hpp"
#include "gateway/cfg/tree.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::cfg {

using config::term;
using config::term_kind;

// An element of a list of options: `{name, value}`, the bare `name`, or `{name, a, b}`.
struct property {
    std::string name;
    place where;                  // of the name
    const term* value = nullptr;  // of a pair; null for the others
    const term* whole = nullptr;

    bool is_flag() const { return whole->is_atom(); }
};

class translation {
public:
    // Both must outlive this.
    translation(std::string_view file, config::diagnostics& findings) : file_(file), findings_(findings) {}

    // Puts a name behind the path that findings carry, as long as it lives.
    class inside {
    public:
        inside(translation& t, std::string_view name);
        ~inside();
        inside(const inside&) = delete;
        inside& operator=(const inside&) = delete;

    private:
        translation& t_;
        std::size_t before_;
    };

    void error(place where, std::string_view reason, std::string text, std::string hint = {});
    void warn(place where, std::string_view reason, std::string text, std::string hint = {});
    // `what` is not in the form it must have, `expected`.
    void wrong_form(const term& what, std::string_view expected);
    // Something that worked once and has no option here: named and refused.
    void no_modern_form(place where, std::string_view what, std::string hint = {});
    // A name that is none of `known`.
    void unknown(place where, std::string_view kind, const std::string& name,
                 const std::vector<std::string>& known);

    // Each with a finding if the term is something else. A name may be an atom or a text; true and false are
    // no names.
    std::optional<std::string> text(const term& from);
    std::optional<std::string> name(const term& from);
    // `{127, 0, 0, 1}`, `{0, 0, 0, 0, 0, 0, 0, 1}` or a text, as a text.
    std::optional<std::string> address(const term& from);
    // An empty string is an empty list to Erlang.
    const std::vector<term>* list(const term& from);
    // The list an option has as its value.
    const std::vector<term>* list_of(const property& from);
    // The elements of a list of options, the first of those with the same name. With `all`, each of them.
    std::vector<property> properties(const term& from);
    std::vector<property> all_properties(const term& from);

    // Any value: names and texts become strings, true and false booleans, lists of pairs tables, other lists
    // arrays.
    std::optional<node> value(const term& from);
    // Each text or name of a list, or the only one, as an array.
    std::optional<node> names(const term& from);
    // A list of options as a table, also an empty one.
    node table(const term& from);

    // Of an option; `true` for a bare name.
    std::optional<node> value_of(const property& from);
    // The same under a key of ours, or a path of such keys joined by dots. False, and a finding, when it has
    // no value or the key is taken.
    bool put_value(node& to, std::string_view key, const property& from);
    bool put(node& to, std::string_view key, place where, std::optional<node> value);

private:
    void add(config::severity level, place where, std::string_view reason, std::string text,
             std::string hint);

    std::string file_;
    config::diagnostics& findings_;
    std::string path_;
};

// Warns that the second of two terms that mean the same counts for nothing.
inline constexpr std::string_view given_twice = "duplicate_option";

}  // namespace meerkat::cfg
