#include "config/reference.hpp"

#include <algorithm>
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

std::string value_row(const option& o, option_state around) {
    std::string row = "| `" + o.key + "` | ";
    row += escaped(o.expected);
    row += " | ";
    if (o.required) {
        row += "(mandatory)";
    } else if (!o.fallback.empty()) {
        row += '`' + escaped(o.fallback) + '`';
    }
    row += " | ";
    const option_state state = std::max(around, o.state);
    if (o.older) {
        row += "older spelling";
    } else {
        row += state == option_state::works && o.served_anyway ? "served anyway" : name_of(state);
    }
    row += " | " + to_string(o.releases);
    row += " | " + escaped(o.meaning);
    if (o.reloadable) row += " A reload applies it.";
    return row + " |\n";
}

std::string about(const option& section, option_state around) {
    std::string text = escaped(section.meaning);
    text += " Releases: " + to_string(section.releases) + '.';
    if (section.older) return text + " Older spelling.";
    if (around != option_state::works) text += " State: " + std::string(name_of(around)) + '.';
    if (section.reloadable) text += " A reload applies changes.";
    return text;
}

class writer {
public:
    void section(const option_table& table, const std::string& path, const option* o, option_state around) {
        if (o) out_ += "\n## " + escaped(path) + "\n\n" + about(*o, around) + '\n';
        if (o && !o->same_as.empty()) {
            out_ += "\nThe options are those of `" + o->same_as + "`.\n";
            return;
        }
        std::string rows;
        for (const option& each : table.options) {
            if (!each.inside) rows += value_row(each, around);
        }
        if (!rows.empty()) {
            out_ +=
                "\n| Option | Value | Default | State | Releases | Meaning |\n|---|---|---|---|---|---|\n";
            out_ += rows;
        }
        for (const option& each : table.options) {
            if (each.inside)
                section(*each.inside, section_path(path, each), &each, std::max(around, each.state));
        }
    }

    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

}  // namespace

std::string reference_markdown(const option_table& root) {
    writer w;
    w.section(root, {}, nullptr, option_state::works);
    return w.take();
}

}  // namespace meerkat::config
