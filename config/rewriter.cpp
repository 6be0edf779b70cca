#include "config/rewriter.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::config {
namespace {

bool is_array_of_tables(const node& n) {
    return n.array() && std::all_of(n.array()->begin(), n.array()->end(),
                                    [](const node& item) { return item.table() != nullptr; });
}

// So that the file's order stays what it was.
void insert_by_place(node_table& members, member m) {
    const auto at = std::find_if(members.begin(), members.end(),
                                 [&m](const member& other) { return other.where > m.where; });
    members.insert(at, std::move(m));
}

}  // namespace

rewriter::step::step(rewriter& r, std::string_view path) : rewriter_(r), size_before_(r.path_.size()) {
    if (!r.path_.empty()) r.path_ += '.';
    r.path_ += path;
}

rewriter::step::~step() { rewriter_.path_.resize(size_before_); }

void rewriter::put(node& table, std::string key, member old) {
    node* const present = table.find(key);
    if (!present) {
        old.key = std::move(key);
        insert_by_place(*table.table(), std::move(old));
    } else if (is_array_of_tables(*present) && is_array_of_tables(old.value)) {
        node_array& items = *present->array();
        std::move(old.value.array()->begin(), old.value.array()->end(), std::back_inserter(items));
        std::sort(items.begin(), items.end(),
                  [](const node& a, const node& b) { return a.where() < b.where(); });
    } else {
        error(old.where, "duplicate_option", "\"" + key + "\" is written too: keep one of them");
    }
}

void rewriter::put_missing(node& table, std::string key, node value) {
    if (table.find(key)) return;
    const place where = value.where();
    put(table, std::move(key), {{}, where, std::move(value)});
}

void rewriter::put_at(std::string_view path, member old) {
    later_.push_back({path_, std::string(path), std::move(old)});
}

void rewriter::put_within(node& table, std::string_view path, member old) {
    node* at = &table;
    while (true) {
        const std::size_t dot = path.find('.');
        if (dot == std::string_view::npos) break;
        at = table_at(*at, path.substr(0, dot), old.where);
        if (!at) return;  // the reader says so
        path.remove_prefix(dot + 1);
    }
    put(*at, std::string(path), std::move(old));
}

void rewriter::modernize(const option_table& options, node& table) {
    if (!table.table()) return;
    const std::size_t path_before = path_.size();
    const auto enter = [&](const std::string& key) {
        if (!path_.empty()) path_ += '.';
        path_ += key;
    };
    for (member& m : *table.table()) {
        const option* const found = options.find(m.key);
        if (!found || !found->inside) continue;
        enter(m.key);
        modernize_inside(*found, m.value);
        path_.resize(path_before);
    }
    for (const option& o : options.options) {
        if (!o.modernize) continue;
        auto old = take(table, o.key);
        if (!old) continue;
        enter(o.key);
        o.modernize(*this, table, std::move(*old));
        path_.resize(path_before);
    }
    if (&table == &root_) {
        for (deferred& each : std::exchange(later_, {})) {
            path_ = each.from;
            put_within(root_, each.to, std::move(each.value));
        }
        path_.clear();
    }
    for (const auto& whole : options.modernizers) whole(*this, table);
}

void rewriter::modernize_inside(const option& section, node& value) {
    const auto each_table = [&](node& n) {
        if (!n.array()) return;
        for (node& item : *n.array()) modernize(*section.inside, item);
    };
    switch (section.form) {
        case option_form::section:
            modernize(*section.inside, value);
            return;
        case option_form::sections:
            each_table(value);
            return;
        case option_form::named_sections:
        case option_form::named_lists:
            if (!value.table()) return;
            for (member& m : *value.table()) {
                if (section.form == option_form::named_lists) {
                    each_table(m.value);
                } else {
                    modernize(*section.inside, m.value);
                }
            }
            return;
        case option_form::value:
            return;
    }
}

void rewriter::add(severity level, place where, std::string_view reason, std::string text, std::string hint) {
    findings_.push_back({.level = level,
                         .file = file_,
                         .where = where,
                         .path = path_,
                         .reason = std::string(reason),
                         .text = std::move(text),
                         .hint = std::move(hint)});
}

void rewriter::warn(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::warning, where, reason, std::move(text), std::move(hint));
}

void rewriter::error(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::error, where, reason, std::move(text), std::move(hint));
}

void rewriter::block(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::blocking, where, reason, std::move(text), std::move(hint));
}

std::optional<member> take(node& table, std::string_view key) {
    node_table* const members = table.table();
    if (!members) return std::nullopt;
    const auto at =
        std::find_if(members->begin(), members->end(), [key](const member& m) { return m.key == key; });
    if (at == members->end()) return std::nullopt;
    member taken = std::move(*at);
    members->erase(at);
    return taken;
}

node* table_at(node& table, std::string_view key, place where) {
    node* at = table.find(key);
    if (!at) {
        table.table()->push_back({std::string(key), where, node(node_table{}, where)});
        at = &table.table()->back().value;
    }
    return at->table() ? at : nullptr;
}

rewriting renamed(std::string modern) {
    return [modern](rewriter& r, node& table, member old) {
        r.warn(old.where, "old_name", "this is an older name of \"" + modern + '"',
               "write \"" + modern + "\" instead");
        r.put(table, modern, std::move(old));
    };
}

rewriting moved(std::string modern_path) {
    return [modern_path](rewriter& r, node&, member old) {
        r.warn(old.where, "old_place", "this is an older place of " + modern_path,
               "write it as " + modern_path);
        r.put_at(modern_path, std::move(old));
    };
}

rewriting moved_within(std::string path, std::string modern_path) {
    return [path, modern_path](rewriter& r, node& table, member old) {
        r.warn(old.where, "old_place", "this is an older place of " + modern_path,
               "write it as " + modern_path);
        r.put_within(table, path, std::move(old));
    };
}

rewriting dropped(std::string why) {
    return [why](rewriter& r, node&, const member& old) {
        r.warn(old.where, "no_effect", "this has no effect: " + why, "remove it");
    };
}

}  // namespace meerkat::config
