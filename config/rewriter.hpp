#pragma once
// Turns a document of an older release into today's spelling, along the option tables: entries that are older
// spellings say what becomes of them, tables say what their defaults meant. Each rewriting is one warning at
// the place of what is old; new values keep the place of what they come from.

#include "config/diagnostic.hpp"
#include "config/document.hpp"
#include "config/option.hpp"
#include "config/release.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

class rewriter {
public:
    // The file is taken for one of `read_as`.
    rewriter(std::string file, release read_as, node& root, diagnostics& findings)
        : file_(std::move(file)), read_as_(read_as), root_(root), findings_(findings) {}

    void modernize(const option_table& options) { modernize(options, root_); }

    release read_as() const { return read_as_; }
    node& root() { return root_; }

    // Puts a value where it belongs among the members of a table. If the key is written already: items are
    // added to an array of tables; anything else is an error, and nothing changes.
    void put(node& table, std::string key, member old);
    // The same with a value that the key has unless it is written.
    void put_missing(node& table, std::string key, node value);
    // As put, with a path from the root; tables on the way are made. Happens when the sections are through,
    // before the checks of the root's own table.
    void put_at(std::string_view path, member old);
    // The same with a path from a table, and at once.
    void put_within(node& table, std::string_view path, member old);

    // Goes to a path below the table at hand; findings carry it as long as the value lives.
    class step {
    public:
        step(rewriter& r, std::string_view path);
        ~step();
        step(const step&) = delete;
        step& operator=(const step&) = delete;

    private:
        rewriter& rewriter_;
        std::size_t size_before_;
    };

    // At the option or the section at hand.
    void warn(place where, std::string_view reason, std::string text, std::string hint = {});
    void error(place where, std::string_view reason, std::string text, std::string hint = {});
    void block(place where, std::string_view reason, std::string text, std::string hint = {});

private:
    void modernize(const option_table& options, node& table);
    void modernize_inside(const option& section, node& value);
    void add(severity level, place where, std::string_view reason, std::string text, std::string hint);

    std::string file_;
    release read_as_;
    node& root_;
    diagnostics& findings_;
    std::string path_;
    struct deferred {
        std::string from, to;
        member value;
    };
    std::vector<deferred> later_;  // the walk must not meet what it moves
};

// Takes a member out of a table; nothing if it is no table or has no such key.
std::optional<member> take(node& table, std::string_view key);

// The table at a key, made where there is none; null when something else stands there.
node* table_at(node& table, std::string_view key, place where);

using rewriting = std::function<void(rewriter&, node& table, member old)>;

// What becomes of an older spelling:
rewriting renamed(std::string modern);     // the same under another key of the table
rewriting moved(std::string modern_path);  // the same at another path from the root
// The same at another path from the table the older spelling stands in, wherever that is; `modern_path` is
// how the administrator knows the new place.
rewriting moved_within(std::string path, std::string modern_path);
rewriting dropped(std::string why);  // nothing, because `why` ("the log says it all now")

}  // namespace meerkat::config
