#pragma once
// The typed side of option tables: table<Struct> and the options that belong into it; see table.hpp.

#include "config/option.hpp"
#include "config/reader.hpp"
#include "config/rewriter.hpp"
#include "config/shape.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

}  // namespace detail

}  // namespace meerkat::config
