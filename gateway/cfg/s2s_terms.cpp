#include "gateway/cfg/top_terms.hpp"

namespace meerkat::cfg {
namespace {

// false, optional, required, required_trusted: strings in TOML, also the first. `true` is older still.
void use_starttls(translation& t, node& root, const term& from) {
    const term& value = from.items[1];
    if (!value.is_atom()) return t.wrong_form(value, "false, optional, required or required_trusted");
    const std::string_view name = value.text == "true" ? std::string_view("optional") : value.text;
    t.put(root, "s2s.use_starttls", from.where, text_node(name, value.where));
}

// {{s2s_host, Host}, allow or deny}
void host_policy(translation& t, node& root, const term& from) {
    const term& host = from.items[0].items[1];
    const auto name = t.name(host);
    auto policy = t.value(from.items[1]);
    if (!name || !policy) return;
    node entry = empty_table(from.where);
    put(entry, "host", host.where, text_node(*name, host.where));
    put(entry, "policy", from.items[1].where, std::move(*policy));
    append_at(root, "s2s.host_policy", from.where, std::move(entry));
}

// {{s2s_addr, Host}, Address} or {{s2s_addr, Host}, {Address, Port}}
void host_address(translation& t, node& root, const term& from) {
    const term& host = from.items[0].items[1];
    const term& target = from.items[1];
    const bool with_port = target.is_tuple(2);
    const term& where_to = with_port ? target.items[0] : target;
    const auto name = t.name(host);
    const auto address = t.address(where_to);
    if (!name || !address) return;
    node entry = empty_table(from.where);
    put(entry, "host", host.where, text_node(*name, host.where));
    put(entry, "ip_address", where_to.where, text_node(*address, where_to.where));
    if (with_port) t.put(entry, "port", target.items[1].where, t.value(target.items[1]));
    append_at(root, "s2s.address", from.where, std::move(entry));
}

// {outgoing_s2s_options, [ipv4, ipv6], Timeout}
void outgoing_options(translation& t, node& root, const term& from) {
    const auto* families = t.list(from.items[1]);
    if (!families) return;
    node_array versions;
    for (const term& family : *families) {
        if (family.is_atom("ipv4") || family.is_atom("ipv6")) {
            versions.emplace_back(std::int64_t{family.text == "ipv4" ? 4 : 6}, family.where);
        } else {
            t.wrong_form(family, "ipv4 or ipv6");
        }
    }
    t.put(root, "s2s.outgoing.ip_versions", from.where, node(std::move(versions), from.items[1].where));
    t.put(root, "s2s.outgoing.connection_timeout", from.where, t.value(from.items[2]));
}

void dns_options(translation& t, node& root, const term& from) {
    t.put(root, "s2s.dns", from.where, t.table(from.items[1]));
}

// {domain_certfile, Domain, File}
void domain_certificate(translation& t, node& root, const term& from) {
    auto domain = t.value(from.items[1]);
    auto file = t.value(from.items[2]);
    if (!domain || !file) return;
    node entry = empty_table(from.where);
    put(entry, "domain", from.items[1].where, std::move(*domain));
    put(entry, "certfile", from.items[2].where, std::move(*file));
    append_at(root, "s2s.domain_certfile", from.where, std::move(entry));
}

}  // namespace

std::vector<top_term> s2s_terms() {
    const auto plain = [](std::string name, std::string path) {
        return top_term{std::move(name), 2, repetition::last_counts, value_at("s2s." + std::move(path))};
    };
    return {
        {"s2s_use_starttls", 2, repetition::last_counts, use_starttls},
        plain("s2s_certfile", "certfile"),
        plain("s2s_ciphers", "ciphers"),
        plain("s2s_default_policy", "default_policy"),
        {"s2s_host", 2, repetition::last_of_a_name_counts, host_policy, true},
        plain("s2s_shared", "shared"),
        plain("outgoing_s2s_port", "outgoing.port"),
        {"outgoing_s2s_options", 3, repetition::last_counts, outgoing_options},
        {"s2s_addr", 2, repetition::last_of_a_name_counts, host_address, true},
        {"s2s_dns_options", 2, repetition::last_counts, dns_options},
        plain("s2s_max_retry_delay", "max_retry_delay"),
        {"domain_certfile", 3, repetition::last_of_a_name_counts, domain_certificate},
    };
}

}  // namespace meerkat::cfg
