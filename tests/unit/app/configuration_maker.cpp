#include "tests/unit/app/configuration_maker.hpp"

#include "config/catalogue.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

namespace meerkat::testing {

using namespace config;

namespace {

std::string below_path(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + '.' + key;
}

// As list_options() writes it.
std::string listed(const std::string& path, const option& o) {
    std::string here = below_path(path, o.key);
    if (o.form == option_form::sections) here += "[]";
    if (o.form == option_form::named_sections) here += ".<name>";
    if (o.form == option_form::named_lists) here += ".<name>[]";
    return here;
}

bool leads_to(const std::string& listed_path, const std::string& wanted) {
    return wanted == listed_path || wanted.starts_with(listed_path + '.');
}

void collect(const option_table& options, node& from, const option_path& path,
             std::vector<option_use>& into) {
    if (!from.table()) return;
    const auto collect_items = [&](const option& o, node& value, const option_path& here) {
        if (!value.array()) return;
        for (node& item : *value.array()) collect(*o.inside, item, here, into);
    };
    for (member& m : *from.table()) {
        const option* const o = options.find(m.key);
        if (!o) continue;
        const option_path here = below_path(path, m.key);
        into.push_back({o, &options, &from, here, path});
        if (!o->inside) continue;
        if (o->form == option_form::section) {
            collect(*o->inside, m.value, here, into);
        } else if (o->form == option_form::sections) {
            collect_items(*o, m.value, here);
        } else if (m.value.table()) {
            for (member& named : *m.value.table()) {
                const option_path name = below_path(here, named.key);
                if (o->form == option_form::named_lists) {
                    collect_items(*o, named.value, name);
                } else {
                    collect(*o->inside, named.value, name, into);
                }
            }
        }
    }
}

}  // namespace

configuration_maker::configuration_maker(const option_table& root, release of)
    : root_(root), release_(of), pem_((folder_ / "both.pem").string()) {
    std::ofstream(pem_) << std::ifstream(certificate_.certfile()).rdbuf()
                        << std::ifstream(certificate_.keyfile()).rdbuf();
}

node configuration_maker::some() {
    const auto wanted = [this](const option& o, const std::string& path) {
        const std::size_t depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
        // A few of many modules, half of few options.
        const bool of_many = depth == 1 && o.form != option_form::value;
        return below(100) < (of_many ? 15 : 45);
    };
    node root = make(wanted);
    satisfy_cross_section_rules(root, release_, {}, pem_);
    return root;
}

node configuration_maker::with(const std::string& listed_path) {
    node root = make([&](const option&, const std::string& path) { return leads_to(path, listed_path); });
    satisfy_cross_section_rules(root, release_, listed_path, pem_);
    return root;
}

node configuration_maker::make(const choice& wanted) {
    line_ = 0;
    return table(root_, {}, wanted);
}

std::vector<option_use> configuration_maker::uses(node& root) const {
    std::vector<option_use> all;
    collect(root_, root, {}, all);
    return all;
}

node configuration_maker::table(const option_table& options, const std::string& path, const choice& wanted) {
    node_table members;
    for (const option& o : options.options) {
        if (!o.releases.admits(release_)) continue;
        const std::string here = listed(path, o);
        if (!o.required && !wanted(o, here)) continue;
        const place where = next_place();
        node content = o.form == option_form::value ? value(o.kind) : section(o, here, wanted);
        // The place of a table says how it is written: under a header, as dotted keys, or in braces.
        constexpr std::array<std::uint32_t, 3> columns = {1, 5, 9};
        const place starts{where.line, columns[below(columns.size())]};
        if (node_table* const inside = content.table()) content = node(std::move(*inside), starts);
        members.push_back({o.key, where, std::move(content)});
    }
    return {std::move(members), next_place()};
}

node configuration_maker::section(const option& o, const std::string& path, const choice& wanted) {
    const auto several = [&](std::uint32_t step) {
        const place where = next_place();
        node_array items;
        for (unsigned n = 1 + below(2); n > 0; --n) {
            node item = table(*o.inside, path, wanted);
            // An array that begins where its first entry does stood under headers.
            const place at{where.line, where.column + step * static_cast<std::uint32_t>(items.size() + 1)};
            items.emplace_back(std::move(*item.table()), at);
        }
        return node(std::move(items), {where.line, where.column + step * below(2)});
    };
    switch (o.form) {
        case option_form::section:
            return table(*o.inside, path, wanted);
        case option_form::sections:
            return several(1);
        case option_form::named_sections:
        case option_form::named_lists: {
            node_table names;
            for (const char* const name : {"fast", "slow one"}) {
                const place where = next_place();
                names.push_back(
                    {name, where,
                     o.form == option_form::named_lists ? several(1) : table(*o.inside, path, wanted)});
                if (below(2) == 0) break;
            }
            return {std::move(names), next_place()};
        }
        case option_form::value:
            break;
    }
    return {node_table{}, next_place()};
}

node configuration_maker::value(const value_kind& kind) {
    const place where = next_place();
    if (kind.infinity && below(3) == 0) return {std::string("infinity"), where};
    switch (kind.is) {
        case value_kind::type::boolean:
            return {below(2) == 0, where};
        case value_kind::type::number:
            return {std::array{0.25, 1.0, 0.5}[below(3)], where};
        case value_kind::type::integer:
            return {integer(kind), where};
        case value_kind::type::integer_or_string:
            if (below(2) == 0) return {integer(kind), where};
            return {text(kind), where};
        case value_kind::type::string:
            return {text(kind), where};
        case value_kind::type::list:
            break;
    }
    return list(kind);
}

node configuration_maker::list(const value_kind& kind) {
    node_array items;
    for (unsigned n = below(3) + (kind.non_empty ? 1 : 0); n > 0; --n) {
        node item = value(*kind.item);
        const bool again = std::any_of(items.begin(), items.end(), [&item](const node& other) {
            return other.describe(false) == item.describe(false);
        });
        if (!kind.unique || !again) items.push_back(std::move(item));
    }
    return {std::move(items), next_place()};
}

std::string configuration_maker::text(const value_kind& kind) {
    if (!kind.words.empty()) return kind.words[below(static_cast<unsigned>(kind.words.size()))];
    if (kind.file) return pem_;
    if (kind.directory) return folder_.path().string();
    if (!kind.example.empty()) return kind.example;
    constexpr std::array<const char*, 7> texts = {
        "word", "fast", "gr\xC3\xBC\xC3\x9F dich", "\"quoted\" # not a comment", "two\nlines", "C:\\d", ""};
    return texts[below(kind.non_empty ? texts.size() - 1 : texts.size())];
}

std::int64_t configuration_maker::integer(const value_kind& kind) {
    if (!kind.numbers.empty()) return kind.numbers[below(static_cast<unsigned>(kind.numbers.size()))];
    const std::int64_t least = kind.least.value_or(0);
    const std::int64_t most = kind.most.value_or(std::numeric_limits<std::int64_t>::max());
    switch (below(4)) {
        case 0:
            return least;
        case 1:
            return most;
        default:
            return std::min(most, least + below(100000));
    }
}

}  // namespace meerkat::testing
