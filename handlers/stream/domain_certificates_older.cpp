#include "handlers/stream/domain_certificates_older.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;

namespace {

// One table of `certificates`. Certificate and key were in one file.
node modern_certificate(const node& old) {
    const place where = old.where();
    node_table content;
    if (const node* const domain = old.find("domain"))
        content.push_back({"domains", where, node(node_array{*domain}, where)});
    if (const node* const file = old.find("certfile")) {
        content.push_back({"certfile", where, *file});
        content.push_back({"keyfile", where, *file});
    }
    return {std::move(content), where};
}

std::vector<node*> tls_of_clients(node& root) {
    std::vector<node*> found;
    node* const listen = root.find("listen");
    node* const listeners = listen ? listen->find("c2s") : nullptr;
    if (!listeners || !listeners->array()) return found;
    for (node& each : *listeners->array()) {
        node* const tls = each.find("tls");
        if (tls && tls->table()) found.push_back(tls);
    }
    return found;
}

// From a section of the file, or of one host.
void move_from(rewriter& r, node& root, node& scope, const char* section) {
    node* const from = scope.find(section);
    const auto old = from ? take(*from, "domain_certfile") : std::nullopt;
    if (!old) return;
    const rewriter::step here(r, std::string(section) + ".domain_certfile");
    const node_array* const listed = old->value.array();
    if (!listed) {
        r.error(old->where, "wrong_type",
                "found " + old->value.describe(false) + ", expected an array of tables");
        return;
    }
    const auto listeners = tls_of_clients(root);
    if (listeners.empty()) {
        r.warn(old->where, "no_effect", "this has no effect: no [[listen.c2s]] has a tls table", "remove it");
        return;
    }
    r.warn(old->where, "old_place", "certificates of single domains belong to listeners today",
           "write them as [[listen.c2s.tls.certificates]], each with domains, certfile and keyfile");
    node_array modern;
    for (const node& each : *listed) modern.push_back(modern_certificate(each));
    for (node* const tls : listeners)
        r.put(*tls, "certificates", {"certificates", old->where, node(modern, old->value.where())});
}

}  // namespace

void move_domain_certificates(rewriter& r, node& root) {
    move_from(r, root, root, "general");
    move_from(r, root, root, "s2s");
    node* const hosts = root.find("host_config");
    if (!hosts || !hosts->array()) return;
    const rewriter::step here(r, "host_config");
    for (node& entry : *hosts->array()) move_from(r, root, entry, "s2s");
}

}  // namespace meerkat
