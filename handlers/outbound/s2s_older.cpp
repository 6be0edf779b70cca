// [s2s] of files up to 6.3.3: one switch and one certificate for both directions.

#include "config/table.hpp"
#include "handlers/outbound/s2s_options.hpp"

#include <optional>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;

namespace {

// What one [s2s] said of TLS.
struct older_tls {
    std::optional<place> written;  // of use_starttls
    bool encrypted = false;
    bool required = false, trusted = false;
    std::optional<member> certfile, ciphers;
};

node word(const char* text, place where) { return {std::string(text), where}; }

void take_switch(rewriter& r, node& s2s, older_tls& tls) {
    const auto old = take(s2s, "use_starttls");
    if (!old) return;
    const rewriter::step here(r, "use_starttls");
    const std::string* const value = old->value.text();
    tls.required = value && value->starts_with("required");
    tls.trusted = value && *value == "required_trusted";
    tls.encrypted = value && (*value == "optional" || *value == "required" || tls.trusted);
    if (!tls.encrypted && (!value || *value != "false")) {
        r.error(old->where, value ? "validate_enum_failed" : "wrong_type",
                "found " + old->value.describe(false) +
                    R"(, expected one of "false", "optional", "required", "required_trusted")");
        return;
    }
    tls.written = old->where;
    const std::string written = tls.required ? "starttls_required" : "starttls";
    r.warn(old->where, "old_name",
           "use_starttls is an older way to say whether connections between servers are encrypted",
           !tls.encrypted
               ? "remove it: without tls tables there is no TLS"
               : "write mode = \"" + written + "\" and verify_mode = \"" + (tls.trusted ? "peer" : "none") +
                     "\" in both [s2s.outgoing.tls] and [listen.s2s.tls]");
}

// The switch, and what goes with it.
older_tls take_tls(rewriter& r, node& s2s) {
    older_tls tls;
    take_switch(r, s2s, tls);
    struct companion {
        const char* key;
        std::optional<member>& into;
        const char* hint;
    };
    for (const companion& each :
         {companion{"certfile", tls.certfile,
                    "write certfile and keyfile in both [s2s.outgoing.tls] and [listen.s2s.tls]"},
          companion{"ciphers", tls.ciphers, "write it in [s2s.outgoing.tls]"}}) {
        each.into = take(s2s, each.key);
        if (!each.into) continue;
        const rewriter::step here(r, each.key);
        if (tls.encrypted) {
            r.warn(each.into->where, "old_place", std::string(each.key) + " stands in the tls tables today",
                   each.hint);
        } else {
            r.warn(each.into->where, "no_effect",
                   "this has no effect: connections between servers are not encrypted", "remove it");
        }
    }
    return tls;
}

// Certificate and key were in one file.
void put_certificate(rewriter& r, node& table, const older_tls& tls) {
    if (!tls.certfile || table.find("certfile")) return;
    r.put_missing(table, "certfile", tls.certfile->value);
    r.put_missing(table, "keyfile", tls.certfile->value);
}

void put_mode(rewriter& r, node& table, const older_tls& tls) {
    r.put_missing(table, "mode", word(tls.required ? "starttls_required" : "starttls", *tls.written));
    if (tls.trusted) take(table, "verify_mode");
    r.put_missing(table, "verify_mode", word(tls.trusted ? "peer" : "none", *tls.written));
}

void write_outgoing(rewriter& r, node& s2s, older_tls& tls) {
    if (!tls.encrypted) return;
    node* const outgoing = table_at(s2s, "outgoing", *tls.written);
    node* const table = outgoing ? table_at(*outgoing, "tls", *tls.written) : nullptr;
    if (!table) return;
    put_mode(r, *table, tls);
    put_certificate(r, *table, tls);
    if (!tls.ciphers) return;
    const place where = tls.ciphers->value.where();
    const std::string* const names = tls.ciphers->value.text();
    if (names && *names == "TLSv1.2:TLSv1.3") {  // these are versions, not ciphers
        node_array versions{word("tlsv1.2", where), word("tlsv1.3", where)};
        r.put_missing(*table, "versions", node(std::move(versions), where));
    } else {
        r.put_missing(*table, "ciphers", std::move(tls.ciphers->value));
    }
}

// Without the switch, the tls table of a listener only had details of what was not used.
void write_listener(rewriter& r, node& listener, const older_tls& tls) {
    if (!listener.table()) return;
    if (tls.encrypted) {
        node* const table = table_at(listener, "tls", *tls.written);
        if (!table) return;
        put_mode(r, *table, tls);
        put_certificate(r, *table, tls);
        return;
    }
    if (!tls.written && r.read_as() >= "6.4.0"_r) return;
    const auto unused = take(listener, "tls");
    if (!unused) return;
    const rewriter::step here(r, "listen.s2s.tls");
    r.warn(unused->where, "old_default",
           "this table had no effect, because s2s.use_starttls did not switch TLS on; it is left out",
           "remove it, or keep it and remove the other older options to have TLS");
}

}  // namespace

void regroup_s2s_tls(rewriter& r, node& root) {
    const auto regroup = [&r](node& scope, const char* path) {
        older_tls tls;
        node* const s2s = scope.find("s2s");
        if (!s2s || !s2s->table()) return tls;
        const rewriter::step here(r, path);
        tls = take_tls(r, *s2s);
        write_outgoing(r, *s2s, tls);
        return tls;
    };
    // Listeners are for all hosts: the general section decides, and else whoever encrypted.
    older_tls of_listeners = regroup(root, "s2s");
    const bool decided = of_listeners.written.has_value();
    node* const hosts = root.find("host_config");
    if (hosts && hosts->array()) {
        for (node& entry : *hosts->array()) {
            older_tls of_host = regroup(entry, "host_config.s2s");
            if (!decided && of_host.encrypted) of_listeners = std::move(of_host);
        }
    }
    node* const listen = root.find("listen");
    node* const listeners = listen ? listen->find("s2s") : nullptr;
    if (!listeners || !listeners->array()) return;
    for (node& each : *listeners->array()) write_listener(r, each, of_listeners);
}

}  // namespace meerkat
