// [modules.mod_bosh] and those in [[host_config]] become one [services.service_bosh].

#include "xmpp/address/jid.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;

namespace {

std::string prepared(const node* name) {
    if (!name || !name->text()) return {};
    return nameprep(*name->text()).value_or(*name->text());
}

// Which domains had the module: all that have it themselves, and those without modules of their own if the
// file's [modules] has it.
class bosh_modules {
public:
    explicit bosh_modules(node& root) {
        if (node* const modules = root.find("modules")) take(*modules, globally_);
        node* const hosts = root.find("host_config");
        if (!hosts || !hosts->array()) return;
        for (node& each : *hosts->array()) {
            node* const modules = each.find("modules");
            if (!modules) continue;
            const node* const type = each.find("host_type");
            take(*modules, of_host_[prepared(type ? type : each.find("host"))]);
        }
    }

    std::vector<member>& found() { return found_; }

    bool serves(const std::string& host) const {
        const auto own = of_host_.find(host);
        return own == of_host_.end() ? globally_ : own->second;
    }

private:
    void take(node& modules, bool& has_it) {
        auto taken = take_member(modules, "mod_bosh");
        has_it = taken.has_value();
        if (taken) found_.push_back(std::move(*taken));
    }

    bool globally_ = false;
    std::map<std::string, bool> of_host_;
    std::vector<member> found_;
};

std::vector<std::string> served_names(const node& root) {
    std::vector<std::string> names;
    const node* const general = root.find("general");
    for (const char* key : {"hosts", "host_types"}) {
        const node* const list = general ? general->find(key) : nullptr;
        if (!list || !list->array()) continue;
        for (const node& each : *list->array()) names.push_back(prepared(&each));
    }
    return names;
}

// Both hold plain values only, if they are right.
bool same_options(const node& a, const node& b) {
    if (!a.table() || !b.table() || a.table()->size() != b.table()->size()) return false;
    return std::all_of(a.table()->begin(), a.table()->end(), [&b](const member& m) {
        const node* const other = b.find(m.key);
        return other && other->describe(false) == m.value.describe(false);
    });
}

}  // namespace

void move_bosh_to_its_service(rewriter& r, node& root) {
    bosh_modules modules(root);
    if (modules.found().empty()) return;
    const member& first = modules.found().front();
    for (const member& each : modules.found()) {
        const bool lost = !same_options(each.value, first.value);
        r.warn(each.where, "old_place",
               lost ? "mod_bosh is a service now, with one set of options for all domains: those of line " +
                          std::to_string(first.where.line)
                    : "mod_bosh is a service now: services.service_bosh",
               "write [services.service_bosh], and host_types in it if not all domains have it");
    }
    member service = first;
    std::vector<std::string> names = served_names(root);
    const auto without_it = std::remove_if(names.begin(), names.end(),
                                           [&](const std::string& name) { return !modules.serves(name); });
    if (without_it != names.end() && service.value.table()) {
        names.erase(without_it, names.end());
        node_array hosts;
        for (std::string& name : names) hosts.emplace_back(std::move(name), service.where);
        service.value.table()->push_back(
            {"host_types", service.where, node(std::move(hosts), service.where)});
    }
    if (node* const services = table_inside(root, "services", service.where))
        r.put(*services, "service_bosh", std::move(service));
}

}  // namespace meerkat
