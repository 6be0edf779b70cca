#pragma once
// How options of modules are written, other than {name, value}: the actions of the table in
// module_options.cpp that several modules share, or that need room of their own.

#include "gateway/cfg/translation.hpp"

namespace meerkat::cfg {

// Writes the option into the table of its module, under the key that the entry names.
using module_action = void (*)(translation&, node& table, std::string_view key, const property&);

void as_value(translation& t, node& table, std::string_view key, const property& p);
// A list of options, also an empty one; a bare name or `true` means an empty one, `false` none at all.
void as_table(translation& t, node& table, std::string_view key, const property& p);
// Texts, or one alone, as an array.
void as_names(translation& t, node& table, std::string_view key, const property& p);
// A list of tuples as an array of tables with these columns.
void as_tables(translation& t, node& table, std::string_view key, const property& p,
               const std::vector<std::string_view>& columns);

void pusher_backends(translation& t, node& table, std::string_view key, const property& p);
void distribution_connections(translation& t, node& table, std::string_view key, const property& p);
void distribution_bounce(translation& t, node& table, std::string_view key, const property& p);
void log_style(translation& t, node& table, std::string_view key, const property& p);
void log_link(translation& t, node& table, std::string_view key, const property& p);
void directory_uids(translation& t, node& table, std::string_view key, const property& p);
void directory_vcard_map(translation& t, node& table, std::string_view key, const property& p);
void directory_search_fields(translation& t, node& table, std::string_view key, const property& p);
void directory_search_reported(translation& t, node& table, std::string_view key, const property& p);
void no_report(translation& t, node& table, std::string_view key, const property& p);

}  // namespace meerkat::cfg
