#include "config/reference.hpp"

#include <string_view>

namespace meerkat::config {
namespace {

std::string escaped(std::string_view text) {
    std::string cell;
    for (const char c : text) {
        if (c == '|' || c == '<') cell += '\\';
        cell += c;
    }
    return cell;
}

std::string_view name_of(option_state s) {
    switch (s) {
        case option_state::works:
            return "works";
        case option_state::known_not_yet:
            return "known, not yet";
        case option_state::known_never:
            return "known, never";
    }
    return "";
}

std::string section_path(const std::string& parent, const option& o) {
    std::string path = parent.empty() ? o.key : parent + '.' + o.key;
    if (o.form == option_form::sections) path += "[]";
    if (o.form == option_form::named_sections) path += ".<name>";
    if (o.form == option_form::named_lists) path += ".<name>[]";
    return path;
}

std::string value_row(const option& o, const option_table& siblings) {
    const option* modern = o.modern.empty() ? nullptr : siblings.find(o.modern);
    std::string row = "| `" + o.key + "` | ";
    if (modern) return row + " |  | works | Older name of `" + modern->key + "`. |\n";
    row += o.form == option_form::open ? "a table" : escaped(o.expected);
    row += " | ";
    if (o.required) {
        row += "(mandatory)";
    } else if (!o.fallback.empty()) {
        row += '`' + o.fallback + '`';
    }
    row += " | ";
    row += name_of(o.state);
    return row + " | " + escaped(o.meaning) + " |\n";
}

class writer {
public:
    void section(const option_table& table, const std::string& path, const std::string& meaning) {
        if (!path.empty()) out_ += "\n## " + escaped(path) + "\n\n" + escaped(meaning) + '\n';
        std::string rows;
        for (const option& o : table.options) {
            if (!o.inside) rows += value_row(o, table);
        }
        if (!rows.empty()) {
            out_ += "\n| Option | Value | Default | State | Meaning |\n|---|---|---|---|---|\n";
            out_ += rows;
        }
        for (const option& o : table.options) {
            if (o.inside) section(*o.inside, section_path(path, o), o.meaning);
        }
    }

    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

}  // namespace

std::string reference_markdown(const option_table& root) {
    writer w;
    w.section(root, {}, {});
    return w.take();
}

}  // namespace meerkat::config
