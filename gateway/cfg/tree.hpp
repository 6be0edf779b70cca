#pragma once
// Building tables of options node by node.

#include "config/document.hpp"

#include <string>
#include <string_view>

namespace meerkat::cfg {

using config::member;
using config::node;
using config::node_array;
using config::node_table;
using config::place;

node text_node(std::string_view text, place where);
node empty_table(place where);

// The table below a key, made if it is not there. Null when something else is there.
node* table_below(node& table, std::string_view key, place where);
// Puts a value under a key, or a path of keys joined by dots. False, and nothing changed, when something is
// there already.
bool put(node& table, std::string_view key, place where, node value);
bool put_at(node& table, std::string_view path, place where, node value);
// Adds to the array under a key, made if it is not there. False when something else is there.
bool append(node& table, std::string_view key, place where, node item);
bool append_at(node& table, std::string_view path, place where, node item);
// What stands at a path of keys joined by dots; null when nothing does.
node* find_at(node& table, std::string_view path);
void remove(node& table, std::string_view key);

}  // namespace meerkat::cfg
