// mod_global_distrib: one service of several data centres.

#include "xmpp/address/jid.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

std::optional<std::string> prepared_endpoint(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    const bool zero_inside = text.find('\0') != std::string::npos;
    if (!zero_inside && inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return text;
    return nodeprep(text) ? nameprep(text) : std::nullopt;
}

known_table endpoint_table() {
    return {
        known_required("host",
                       prepared_text("a domain or an IP address", "validate_oneof_failed", prepared_endpoint,
                                     "mim-1.example.org"),
                       "A domain or an address; if there is no entry, local_host."),
        known_required("port", integer<std::uint16_t>(0, 65535), "A port; if there is no entry, 5555."),
    };
}

known_table server_name_table() {
    return {
        known("enabled", boolean(), true, "Tells the other side which name is expected, and checks it."),
        known("host", non_empty_text(), std::nullopt, "That name; if unset, the host connected to."),
        known("protocol", one_word_of({"default", "https"}), "default",
              "How wildcards in certificates are read: strictly, or as browsers do."),
    };
}

known_table tls_table() {
    return {
        known("verify_mode", one_word_of({"peer", "selfsigned_peer", "none"}), "peer",
              "What is asked of the other side's certificate.")
            .since("5.1.0"_r),
        known("certfile", existing_file(), std::nullopt, "The certificate, then intermediate ones (PEM)."),
        known("keyfile", existing_file(), std::nullopt, "The private key of certfile (PEM).")
            .since("6.4.0"_r),
        known("password", text(), std::nullopt, "The passphrase of keyfile.").since("6.4.0"_r).secret(),
        known("cacertfile", existing_file(), std::nullopt,
              "Authorities that certificates are checked against; if unset, those of the system."),
        known("ciphers", text(), std::nullopt, "The ciphers, as OpenSSL writes them."),
        known("versions", list(text()), std::nullopt, "The versions of TLS, such as \"tlsv1.3\".")
            .since("6.4.0"_r),
        known("disconnect_on_failure", boolean(), true, "Refuses a bad certificate in the handshake.")
            .since("6.4.0"_r),
        known("crl_files", list(existing_file()), std::vector<std::string>(),
              "Lists of revoked certificates.")
            .since("6.4.0"_r),
        known("dhfile", existing_file(), std::nullopt, "Diffie-Hellman parameters."),
        known("early_data", boolean(), false, "Data in the first flight of TLS 1.3.").since("6.4.0"_r),
        known("session_tickets", one_word_of({"stateless"}), std::nullopt,
              "Tickets by which a TLS session is resumed.")
            .since("6.4.0"_r),
        throughout(known_section("server_name_indication", server_name_table(),
                                 "The name of the server that is connected to."),
                   {.since = "6.4.0"_r, .until = {}}),
        older("enabled", boolean(), "4.0.1"_r, "4.0.1"_r, stays(), "Whether TLS is used."),
    };
}

bool is_false(const node* n) { return n && n->boolean() && !*n->boolean(); }

// The table itself says that there is TLS, except in 4.0.1, which had a key for it. 4.0.0 wrote `tls = false`
// for none.
void settle_tls(rewriter& r, node& connections) {
    node* const tls = connections.find("tls");
    const node* const enabled = tls ? tls->find("enabled") : nullptr;
    const bool never_enabled = tls && tls->table() && !enabled && r.read_as() == "4.0.1"_r;
    if (is_false(tls) || is_false(enabled) || never_enabled) {
        const auto off = take_member(connections, "tls");
        r.warn(off->where, "old_form",
               "without tls.enabled = true there was no TLS here, so this is left out",
               "remove it, or write a tls table without enabled to have TLS");
    } else if (enabled && enabled->boolean()) {
        r.warn(enabled->where(), "no_effect", "tls.enabled has no effect: the tls table itself says so",
               "remove it");
        take_member(*tls, "enabled");
    }
}

known_table connections_table() {
    known_table t{
        known_sections("endpoints", endpoint_table(), "Where the other data centres reach this one."),
        known_sections("advertised_endpoints", endpoint_table(), "What they are told; if unset, endpoints."),
        known("connections_per_endpoint", at_least(0), 1, "Connections to each of theirs."),
        known("endpoint_refresh_interval", seconds(1), std::chrono::seconds(60),
              "How often the endpoints of the others are looked up."),
        known("endpoint_refresh_interval_when_empty", seconds(1), std::chrono::seconds(3),
              "The same as long as none is known."),
        known("disabled_gc_interval", seconds(1), std::chrono::seconds(60),
              "How often connections to endpoints that are gone are closed."),
        known_section("tls", tls_table(), "Encrypts the connections; without it they are readable."),
    };
    t.modernize(settle_tls);
    return t;
}

known_table redis_table() {
    return {
        known("pool", non_empty_text(), "global_distrib", "The pool of connections to Redis."),
        known("expire_after", seconds(1), std::chrono::seconds(120), "How long an entry holds."),
        known("refresh_after", seconds(0), std::chrono::seconds(60),
              "How often this data centre renews its own; 0: never."),
    };
}

known_table cache_table() {
    return {
        known("cache_missed", boolean(), true, "Remembers also what was not found."),
        known("domain_lifetime_seconds", seconds(0), std::chrono::seconds(600),
              "How long the place of a domain is remembered."),
        known("jid_lifetime_seconds", seconds(0), std::chrono::seconds(5),
              "How long the place of a user is remembered."),
        known("max_jids", at_least(0), 10000, "How many users' places are remembered."),
    };
}

known_table bounce_table() {
    return {
        known("enabled", boolean(), true, "Whether stanzas whose user has moved are sent on.")
            .since("4.0.1"_r),
        known("resend_after_ms", milliseconds(0), std::chrono::milliseconds(200),
              "How long they wait before."),
        known("max_retries", at_least(0), 4, "How often that is tried."),
    };
}

// 4.0.0 wrote `bounce = false`.
void name_bounce(rewriter& r, node& section) {
    if (!is_false(section.find("bounce"))) return;
    auto old = take_member(section, "bounce");
    r.warn(old->where, "old_form", "this is an older form of bounce.enabled = false",
           "write bounce.enabled = false");
    node_table inside;
    inside.push_back({"enabled", old->where, std::move(old->value)});
    r.put(section, "bounce", {"bounce", old->where, node(std::move(inside), old->where)});
}

}  // namespace

option global_distribution() {
    known_table t{
        known_required("global_host", domain_name(), "The domain that all data centres serve together."),
        known_required("local_host", domain_name(), "The domain of this one."),
        known("message_ttl", at_least(0), 4, "How often a stanza may change data centres."),
        known("hosts_refresh_interval", milliseconds(0), std::chrono::milliseconds(3000),
              "How often the list of data centres is read."),
        known_section("connections", connections_table(), "Connections between the data centres."),
        known_section("redis", redis_table(), "Where it is noted which data centre a user is at."),
        known_section("cache", cache_table(), "What is remembered of that."),
        known_section("bounce", bounce_table(), "Stanzas that came to the wrong data centre."),
    };
    t.modernize(name_bounce);
    return section_not_yet("mod_global_distrib", t, without::warns, "One service of several data centres.");
}

}  // namespace meerkat
