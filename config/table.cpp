#include "config/table.hpp"

namespace meerkat::config::detail {

void for_each_table(reader& r, const node& n, const std::function<void(const node&)>& each) {
    const node_array* items = n.array();
    if (!items) {
        r.wrong_type(
            n, "an array of tables",
            n.table() ? "write the header with double brackets: [[" + r.path() + "]]" : std::string());
        return;
    }
    std::size_t position = 0;
    reader::entry::names taken;
    for (const node& item : *items) {
        const reader::entry here(r, item, position++, taken);
        if (item.table()) {
            each(item);
        } else {
            r.wrong_type(item, "a table");
        }
    }
}

void for_each_name(reader& r, const node& n, const std::function<void(const member&)>& each) {
    const node_table* members = n.table();
    if (!members) {
        r.wrong_type(n, "a table of names");
        return;
    }
    for (const member& m : *members) {
        if (m.key.empty()) {
            r.error(m.where, "empty_value", "a name may not be empty");
            continue;
        }
        const reader::step here(r, m.key);
        each(m);
    }
}

void remark(reader& r, place where, const idle_remark& what) {
    if (!what.said) return;
    if (what.state == option_state::known_not_yet) r.used_without_effect(where, what.consequence);
    if (what.state == option_state::known_never) r.without_purpose(where);
}

}  // namespace meerkat::config::detail
