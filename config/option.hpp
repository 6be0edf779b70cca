#pragma once
// An option table without types: what the reader walks and the reference prints. Areas do not write these;
// they use the typed builders of table.hpp, which make them.

#include "config/document.hpp"
#include "config/release.hpp"
#include "config/value_kind.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::config {

class reader;
class rewriter;
struct option_table;

enum class option_state : std::uint8_t {
    works,
    known_not_yet,  // accepted; this release does nothing with it and says so
    known_never,    // accepted for the files that have it; nothing here that it could act on
};

// What follows when a known_not_yet option is used.
enum class without : std::uint8_t {
    warns,   // the rest works without it
    blocks,  // leaving it out would open a door or miss a listener, handler or auth method
};

enum class option_form : std::uint8_t {
    value,
    section,         // [key]
    sections,        // [[key]]
    named_sections,  // [key.<name>]
    named_lists,     // [[key.<name>]]
};

// What an entry of a table may say about itself, in a chain behind its builder:
//     optional("ping_rate", ...).since("4.0.0"_r).reload()
template <class Self>
struct entry_words {
    Self&& since(release r) && {
        return say([r](auto& o) { o.releases.since = r; });
    }
    Self&& until(release r) && {
        return say([r](auto& o) { o.releases.until = r; });
    }
    Self&& between(release a, release b) && {
        return say([a, b](auto& o) { o.releases = {.since = a, .until = b}; });
    }
    // Not an option of MongooseIM.
    Self&& own() && {
        return say([](auto& o) { o.releases.own = true; });
    }
    Self&& reload() && {
        return say([](auto& o) { o.reloadable = true; });
    }
    Self&& secret() && {
        return say([](auto& o) { o.is_secret = true; });
    }
    Self&& per_host() && {
        return say([](auto& o) { o.host_scope = true; });
    }
    // A section with the options of another one, at that path: the reference lists them once.
    Self&& like(std::string path) && {
        return say([&path](auto& o) { o.same_as = std::move(path); });
    }
    // Read, but nothing here acts on it yet: a check of its table says so where it is asked for.
    Self&& without_effect() && {
        return say([](auto& o) { o.state = option_state::known_not_yet; });
    }
    // Required, unless the rest of its table makes it needless.
    Self&& unless(std::function<bool(const node& table)> needless) && {
        return say([&needless](auto& o) { o.needless = std::move(needless); });
    }
    Self&& identified_by(std::string key) && {
        return say([&key](auto& o) { o.identity = std::move(key); });
    }

private:
    friend Self;
    entry_words() = default;

    template <class Change>
    Self&& say(Change change) {
        auto& self = static_cast<Self&>(*this);
        change(self.described());
        return static_cast<Self&&>(self);
    }
};

struct option : entry_words<option> {
    option& described() { return *this; }

    std::string key;
    option_form form = option_form::value;
    option_state state = option_state::works;
    // Where it works: whatever it says, its purpose is served without it.
    bool served_anyway = false;
    bool required = false;
    bool reloadable = false;  // a reload applies it, or everything in the section, to the running server
    bool is_secret = false;   // never shown
    bool host_scope = false;  // in [general]: may also stand in host_config
    bool implied = false;     // of sections: its defaults hold where it is not written
    bool older = false;       // an older spelling: `modernize` rewrites it, and the reader never meets it
    std::string expected;     // a phrase for messages and the reference: `an integer from 0 to 65535`
    std::string fallback;     // as one would write it in the file; empty: unset
    std::string meaning;      // one sentence
    std::string same_as;      // of sections: the path of another one that has the same options
    std::string identity;     // of sections in an array: the key of an entry that tells it from the others
    value_kind kind;
    release_range releases;

    // Of required ones: whether this table may do without it. Not set: none may.
    std::function<bool(const node& table)> needless;
    // Reads a value into the struct of the table this option stands in. Not set for older spellings.
    std::function<void(reader&, const member&, void*)> read;
    std::function<void(rewriter&, node& table, member old)> modernize;
    std::shared_ptr<const option_table> inside;  // of sections
};

// A key that belongs elsewhere: refused with words of its own.
struct stranger {
    std::string reason, text, hint;
};

struct option_table {
    std::vector<option> options;
    std::map<std::string, stranger, std::less<>> strangers;
    // Before the options: takes the table's place down. After them, if they were free of errors: checks and
    // derived values of several options.
    std::vector<std::function<void(const node&, void*)>> beginnings;
    std::vector<std::function<void(reader&, const node&, void*)>> checks;
    // What a whole table of an older file needs to mean the same today; after its options were modernized.
    std::vector<std::function<void(rewriter&, node& table)>> modernizers;
    std::string unknown_reason = "unexpected_key";

    const option* find(std::string_view key) const;
};

}  // namespace meerkat::config
