#include "gateway/cfg/tree.hpp"

#include <algorithm>
#include <utility>

namespace meerkat::cfg {
namespace {

// "a.b.c" as the table "a.b", made if it is not there, and "c".
std::pair<node*, std::string_view> parent_of(node& table, std::string_view path, place where) {
    node* at = &table;
    for (auto dot = path.find('.'); at && dot != std::string_view::npos; dot = path.find('.')) {
        at = table_below(*at, path.substr(0, dot), where);
        path.remove_prefix(dot + 1);
    }
    return {at, path};
}

}  // namespace

node text_node(std::string_view text, place where) { return {std::string(text), where}; }

node empty_table(place where) { return {node_table{}, where}; }

node* table_below(node& table, std::string_view key, place where) {
    if (!table.table()) return nullptr;
    node* found = table.find(key);
    if (!found) {
        table.table()->push_back({std::string(key), where, empty_table(where)});
        found = &table.table()->back().value;
    }
    return found->table() ? found : nullptr;
}

bool put(node& table, std::string_view key, place where, node value) {
    if (!table.table() || table.find(key)) return false;
    table.table()->push_back({std::string(key), where, std::move(value)});
    return true;
}

bool put_at(node& table, std::string_view path, place where, node value) {
    const auto [parent, key] = parent_of(table, path, where);
    return parent && put(*parent, key, where, std::move(value));
}

bool append(node& table, std::string_view key, place where, node item) {
    if (!table.table()) return false;
    node* found = table.find(key);
    if (!found) {
        table.table()->push_back({std::string(key), where, node(node_array{}, where)});
        found = &table.table()->back().value;
    }
    if (!found->array()) return false;
    found->array()->push_back(std::move(item));
    return true;
}

bool append_at(node& table, std::string_view path, place where, node item) {
    const auto [parent, key] = parent_of(table, path, where);
    return parent && append(*parent, key, where, std::move(item));
}

node* find_at(node& table, std::string_view path) {
    node* at = &table;
    for (auto dot = path.find('.'); at && dot != std::string_view::npos; dot = path.find('.')) {
        at = at->find(path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    return at ? at->find(path) : nullptr;
}

void remove(node& table, std::string_view key) {
    if (!table.table()) return;
    std::erase_if(*table.table(), [key](const member& m) { return m.key == key; });
}

}  // namespace meerkat::cfg
