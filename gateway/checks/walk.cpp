#include "gateway/checks/walk.hpp"

#include "xmpp/address/jid.hpp"

#include <algorithm>

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

namespace {

void into(const member& found, const std::function<void(const node&)>& each) {
    if (found.value.table()) each(found.value);
    if (const config::node_array* items = found.value.array()) {
        for (const node& item : *items)
            if (item.table()) each(item);
    }
}

}  // namespace

void visit(reader& r, const node& from, std::string_view path,
           const std::function<void(const member&)>& each) {
    if (!from.table()) return;
    const std::string_view key = path.substr(0, path.find('.'));
    const std::string_view rest = path.substr(std::min(key.size() + 1, path.size()));
    for (const member& m : *from.table()) {
        if (key != "*" && m.key != key) continue;
        const reader::step here(r, m.key);
        if (rest.empty()) {
            each(m);
        } else {
            into(m, [&](const node& inside) { visit(r, inside, rest, each); });
        }
    }
}

bool exists(const node& from, std::string_view path) {
    bool found = false;
    reader unused{std::string()};
    visit(unused, from, path, [&found](const member&) { found = true; });
    return found;
}

void for_each_scope(reader& r, const node& root,
                    const std::function<void(const node& scope, const std::string& host)>& each) {
    each(root, {});
    visit(r, root, "host_config", [&](const member& entries) {
        into(entries, [&](const node& entry) {
            const node* name = entry.find("host_type");
            if (!name) name = entry.find("host");
            if (!name || !name->text()) return;
            each(entry, nameprep(*name->text()).value_or(*name->text()));
        });
    });
}

std::string shown(std::string_view text) {
    constexpr std::string_view lead = "the string ";
    return node(std::string(text), {}).describe(false).substr(lead.size());
}

}  // namespace meerkat::checks
