#include "config/toml_layout.hpp"

#include "config/toml_value.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace meerkat::config {
namespace {

bool is_array_of_tables(const node& n) {
    return n.array() && !n.array()->empty() &&
           std::all_of(n.array()->begin(), n.array()->end(), [](const node& i) { return i.table(); });
}

bool holds_tables(const node& n) {
    if (n.table()) return true;
    return n.array() && std::any_of(n.array()->begin(), n.array()->end(), &holds_tables);
}

// No tables inside, and few enough values to be read on one line.
bool is_small_table(const node& n) {
    constexpr std::size_t most = 5;
    return n.table()->size() <= most &&
           std::none_of(n.table()->begin(), n.table()->end(),
                        [](const member& m) { return holds_tables(m.value); }) &&
           toml_value(n).size() <= toml_width - 10;
}

// Plain values below one or more tables, and nothing that is empty.
bool fits_dotted_keys(const node& n) {
    return !n.table()->empty() && std::all_of(n.table()->begin(), n.table()->end(), [](const member& m) {
        return m.value.table() ? fits_dotted_keys(m.value) : !holds_tables(m.value);
    });
}

// How a table or array of tables stands among the members of a table.
enum class manner { line, dotted, header };

// A header of the table at hand: `[key]`, or `[[key]]` once for each entry.
struct unit {
    const member* of;
    const node* table;
    place where;           // decides the order
    std::size_t position;  // where the places of two are the same
    place begins;
    bool doubled;
};

class layout {
public:
    std::vector<toml_statement> run(const node& root) {
        table(root, 0, true);
        return std::move(statements_);
    }

private:
    // The headers so far are the path; `indent` is what keys get here.
    void table(const node& from, std::size_t indent, bool is_root) {
        std::vector<const member*> members;
        for (const member& m : *from.table()) members.push_back(&m);
        // Members of one table, so their addresses tell which comes first where their places do not.
        std::sort(members.begin(), members.end(), [](const member* a, const member* b) {
            return std::tie(a->where, a) < std::tie(b->where, b);
        });
        std::vector<unit> units;
        for (const member* m : members) {
            switch (manner_of(*m, is_root, !units.empty())) {
                case manner::line:
                    key_line(toml_key(m->key), *m, indent);
                    break;
                case manner::dotted:
                    dotted(toml_key(m->key), 1, *m, indent);
                    break;
                case manner::header:
                    add_units(*m, units);
                    break;
            }
        }
        std::sort(units.begin(), units.end(), [](const unit& a, const unit& b) {
            return std::tie(a.where, a.position) < std::tie(b.where, b.position);
        });
        for (const unit& each : units) section(each, indent);
    }

    // Headers follow all plain keys of their table: a table that comes after one that has a header gets one
    // too, so that tables keep their order among each other.
    manner manner_of(const member& m, bool is_root, bool after_header) const {
        const node& value = m.value;
        if (path_.size() >= deepest_header) return value.table() ? manner::dotted : manner::line;
        if (is_array_of_tables(value)) {
            const auto& items = *value.array();
            const bool in_brackets = items.front().where() != value.where() && !among_listeners();
            const bool small = std::all_of(items.begin(), items.end(), &is_small_table);
            return in_brackets && small && !is_root && !after_header ? manner::line : manner::header;
        }
        if (!value.table()) return manner::line;
        if (is_root || after_header || value.table()->empty()) return manner::header;
        if (value.where() == m.where) return fits_dotted_keys(value) ? manner::dotted : manner::header;
        const bool in_braces = value.where() > m.where;
        return in_braces && is_small_table(value) ? manner::line : manner::header;
    }

    // Nobody writes a socket in braces.
    bool among_listeners() const { return !path_.empty() && path_.front() == "listen"; }

    void key_line(const std::string& key, const member& m, std::size_t indent) {
        statements_.push_back(
            {m.where, false, indent, key + " = " + toml_lines(m.value, indent, indent + key.size() + 3)});
    }

    void dotted(const std::string& key, std::size_t parts, const member& m, std::size_t indent) {
        const node_table* const inside = m.value.table();
        if (!inside || inside->empty() || parts >= deepest_header) {
            key_line(key, m, indent);
            return;
        }
        for (const member& each : *inside) dotted(key + '.' + toml_key(each.key), parts + 1, each, indent);
    }

    static void add_units(const member& m, std::vector<unit>& units) {
        if (m.value.table()) {
            units.push_back({&m, &m.value, m.where, units.size(), m.where, false});
            return;
        }
        // An array keeps its order, whatever the places of its entries.
        place latest;
        for (const node& item : *m.value.array()) {
            latest = std::max(latest, item.where());
            units.push_back({&m, &item, latest, units.size(), item.where(), true});
        }
    }

    void section(const unit& u, std::size_t indent) {
        path_.push_back(toml_key(u.of->key));
        const bool needs_header = u.doubled || has_lines(*u.table);
        if (needs_header) {
            std::string header;
            for (const std::string& key : path_) header += (header.empty() ? "" : ".") + key;
            header = u.doubled ? "[[" + header + "]]" : '[' + header + ']';
            statements_.push_back({u.begins, true, indent, std::move(header)});
        }
        table(*u.table, needs_header ? indent + 2 : indent, false);
        path_.pop_back();
    }

    // Without, the headers below it say that it is there.
    bool has_lines(const node& table) const {
        return table.table()->empty() ||
               std::any_of(table.table()->begin(), table.table()->end(),
                           [this](const member& m) { return manner_of(m, false, false) != manner::header; });
    }

    // Far below what the reader takes.
    static constexpr std::size_t deepest_header = 28;

    std::vector<std::string> path_;
    std::vector<toml_statement> statements_;
};

}  // namespace

std::vector<toml_statement> lay_out_toml(const node& root) { return layout().run(root); }

}  // namespace meerkat::config
