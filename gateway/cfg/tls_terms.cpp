#include "gateway/cfg/tls_terms.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace meerkat::cfg {
namespace {

// A suite in the form of older releases of Erlang: {key exchange, cipher, mac} or the same with a prf.
std::optional<node> cipher_table(translation& t, const term& suite) {
    constexpr std::array<std::string_view, 4> keys{"key_exchange", "cipher", "mac", "prf"};
    node table = empty_table(suite.where);
    for (std::size_t i = 0; i < suite.items.size(); ++i) {
        const auto part = t.name(suite.items[i]);
        if (!part) return std::nullopt;
        put(table, keys[i], suite.items[i].where, text_node(*part, suite.items[i].where));
    }
    return table;
}

// One cipher list as OpenSSL writes it, or the tables that stand for Erlang's tuples.
std::optional<node> ciphers(translation& t, const term& from) {
    if (from.is_text()) return text_node(from.text, from.where);
    const auto* items = t.list(from);
    if (!items) return std::nullopt;
    const auto is_suite = [](const term& item) { return item.is_tuple(3) || item.is_tuple(4); };
    if (!items->empty() && std::all_of(items->begin(), items->end(), is_suite)) {
        node_array tables;
        for (const term& item : *items) {
            if (auto table = cipher_table(t, item)) tables.push_back(std::move(*table));
        }
        return node(std::move(tables), from.where);
    }
    std::string joined;
    for (const term& item : *items) {
        const auto name = t.name(item);
        if (name) joined += (joined.empty() ? "" : ":") + *name;
    }
    return text_node(joined, from.where);
}

std::optional<std::string_view> verify_mode(const term& value) {
    if (value.is_atom("verify_none") || value.is_atom("none")) return "none";
    if (value.is_atom("verify_peer") || value.is_atom("peer")) return "peer";
    if (value.is_atom("selfsigned_peer")) return "selfsigned_peer";
    return std::nullopt;
}

void put_verify_mode(translation& t, node& tls, const property& p, const term& value) {
    const auto mode = verify_mode(value);
    if (!mode) return t.wrong_form(value, "verify_none or verify_peer");
    t.put(tls, "verify_mode", p.where, text_node(*mode, value.where));
}

// {verify_fun, {peer, DisconnectOnFailure}}; other functions are none.
void put_verify_fun(translation& t, node& tls, const property& p) {
    if (!p.value || !p.value->is_tuple(2)) return t.no_modern_form(p.where, "verify_fun");
    put_verify_mode(t, tls, p, p.value->items[0]);
    t.put(tls, "disconnect_on_failure", p.where, t.value(p.value->items[1]));
}

// Asking for a certificate and taking its absence is what no listener here does.
void check_missing_certificate(translation& t, const property& p, const node& tls) {
    const bool known = p.is_flag() || (p.value && (p.value->is_atom("true") || p.value->is_atom("false")));
    if (!known) return t.wrong_form(*p.whole, "{" + p.name + ", true}");
    const node* mode = tls.find("verify_mode");
    const bool asked = mode && mode->text() && *mode->text() != "none";
    const bool refuses = p.is_flag() || p.value->is_atom("true");
    if (asked == refuses) return;
    if (asked) {
        t.no_modern_form(
            p.where, "verify_peer with {fail_if_no_peer_cert, false}",
            "write {verify, verify_none}, or remove fail_if_no_peer_cert to demand certificates");
    } else {
        t.warn(p.where, "no_effect", "fail_if_no_peer_cert has no effect without {verify, verify_peer}",
               "remove it");
    }
}

// What both sides have. False if the option is none of these.
bool put_common(translation& t, node& tls, const property& p) {
    constexpr std::array<std::string_view, 5> same{"certfile", "keyfile", "cacertfile", "dhfile", "password"};
    if (std::find(same.begin(), same.end(), p.name) != same.end()) {
        t.put_value(tls, p.name, p);
    } else if (p.name == "ciphers" && p.value) {
        t.put(tls, "ciphers", p.where, ciphers(t, *p.value));
    } else if (p.name == "versions" && p.value) {
        t.put(tls, "versions", p.where, t.names(*p.value));
    } else {
        return false;
    }
    return true;
}

int rank(std::string_view mode) {
    if (mode == "tls") return 3;
    return mode == "starttls_required" ? 2 : 1;
}

}  // namespace

void listener_tls(translation& t, node& tls, const term& options) {
    const auto all = t.properties(options);
    for (const property& p : all) {
        constexpr std::array<std::string_view, 4> ignored{"port", "ip", "max_connections", "num_acceptors"};
        if (put_common(t, tls, p) || p.name == "fail_if_no_peer_cert") continue;
        if ((p.name == "verify" || p.name == "verify_mode") && p.value) {
            put_verify_mode(t, tls, p, *p.value);
        } else if (p.name == "verify_fun") {
            put_verify_fun(t, tls, p);
        } else if (std::find(ignored.begin(), ignored.end(), p.name) != ignored.end()) {
            t.warn(p.where, "no_effect", p.name + " had no effect among the TLS options", "remove it");
        } else {
            t.no_modern_form(p.where, "the TLS option " + p.name);
        }
    }
    const auto demands = std::find_if(all.begin(), all.end(),
                                      [](const property& p) { return p.name == "fail_if_no_peer_cert"; });
    if (demands != all.end()) return check_missing_certificate(t, *demands, tls);
    const node* mode = tls.find("verify_mode");
    if (mode && *mode->text() == "peer" && !tls.find("disconnect_on_failure")) {
        t.warn(mode->where(), "stricter_than_before",
               "clients without a certificate will be refused; they were served without fail_if_no_peer_cert",
               "write {verify, verify_none} if they should be served");
    }
}

void connection_tls(translation& t, node& tls, const term& options) {
    for (const property& p : t.properties(options)) {
        if (put_common(t, tls, p)) continue;
        const bool verified = p.name == "verify" && p.value;
        if (verified && (p.value->is_atom("verify_peer") || p.value->is_atom("verify_none"))) {
            t.put(tls, "verify_peer", p.where, node(p.value->is_atom("verify_peer"), p.value->where));
        } else if (p.name == "server_name_indication" && p.value) {
            const bool off = p.value->is_atom("disable");
            t.put(tls, "server_name_indication.enabled", p.where, node(!off, p.value->where));
            if (!off) t.put_value(tls, "server_name_indication.host", p);
        } else {
            t.no_modern_form(p.where, "the TLS option " + p.name);
        }
    }
}

void choose_tls_mode(node& listener, std::string_view mode, place where) {
    node* tls = table_below(listener, "tls", where);
    if (!tls) return;
    const node* chosen = tls->find("mode");
    if (chosen && rank(*chosen->text()) >= rank(mode)) return;
    remove(*tls, "mode");
    put(*tls, "mode", where, text_node(mode, where));
}

void finish_client_tls(translation& t, node& listener) {
    const node* tls = listener.find("tls");
    if (!tls) return;
    if (!tls->find("mode")) {
        const node* verified = tls->find("verify_mode");
        if (!verified) {
            t.warn(tls->where(), "no_effect",
                   "the TLS options of this listener have no effect: none of starttls, starttls_required and "
                   "tls switches TLS on",
                   "add starttls, or remove the options");
            return remove(listener, "tls");
        }
        // verify_peer switched STARTTLS on as well.
        choose_tls_mode(listener, "starttls", verified->where());
    }
    const place where = find_at(listener, "tls.mode")->where();
    put_at(listener, "tls.verify_mode", where, text_node("none", where));
}

}  // namespace meerkat::cfg
