#include "gateway/cfg/module_forms.hpp"
#include "gateway/cfg/top_terms.hpp"

#include <algorithm>
#include <set>

namespace meerkat::cfg {
namespace {

std::string mechanism(std::string name) {
    constexpr std::string_view prefix = "cyrsasl_";
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    if (name == "scram") return "scram_sha1";
    if (name.starts_with("scram_sh384")) name.replace(0, 11, "scram_sha384");
    return name;
}

void sasl_mechanisms(translation& t, node& root, const term& from) {
    auto names = t.names(from.items[1]);
    if (!names) return;
    for (node& each : *names->array()) each = text_node(mechanism(*each.text()), each.where());
    t.put(root, "auth.sasl_mechanisms", from.where, std::move(names));
}

using action = void (*)(translation&, node& auth, const property&);

// plain, scram or {scram, [sha256, ...]}
void password_format(translation& t, node& auth, const property& p) {
    const bool hashes = p.value->is_tuple(2);
    const term& format = hashes ? p.value->items[0] : *p.value;
    if (const auto name = t.name(format))
        t.put(auth, "password.format", p.where, text_node(*name, format.where));
    if (hashes) t.put(auth, "password.hash", p.where, t.names(p.value->items[1]));
}

// standard, common_name, auth_id, {mod, Module}, or a list of these.
void external_sasl(translation& t, node& auth, const property& p) {
    node_array found;
    const auto one = [&](const term& item) {
        const bool module = item.is_tuple_of("mod") && item.is_tuple(2);
        const term& named = module ? item.items[1] : item;
        if (auto name = t.name(named)) found.push_back(text_node(*name, named.where));
    };
    if (p.value->is_list()) {
        for (const term& item : p.value->items) one(item);
    } else {
        one(*p.value);
    }
    t.put(auth, "sasl_external", p.where, node(std::move(found), p.value->where));
}

void common_name(translation& t, node& auth, const property& p) {
    if (!p.value->is_atom("true")) return;
    node_array both{text_node("standard", p.value->where), text_node("common_name", p.value->where)};
    t.put(auth, "sasl_external", p.where, node(std::move(both), p.value->where));
}

// "/file" or {env, "NAME"}
void jwt_source(translation& t, node& auth, const property& p) {
    const bool env = p.value->is_tuple_of("env") && p.value->is_tuple(2);
    const term& source = env ? p.value->items[1] : *p.value;
    if (auto text = t.text(source)) {
        t.put(auth, env ? "jwt.secret.env" : "jwt.secret.file", p.where, text_node(*text, source.where));
    }
}

void ldap_uids(translation& t, node& auth, const property& p) { directory_uids(t, auth, "ldap.uids", p); }

// {Filter, [Attribute, ...]}
void ldap_dn_filter(translation& t, node& auth, const property& p) {
    if (!p.value->is_tuple(2)) return t.wrong_form(*p.value, "{Filter, [Attribute, ...]}");
    t.put(auth, "ldap.dn_filter.filter", p.where, t.value(p.value->items[0]));
    t.put(auth, "ldap.dn_filter.attributes", p.where, t.names(p.value->items[1]));
}

// {equal or notequal, {Attribute, [Value, ...]}}
void ldap_local_filter(translation& t, node& auth, const property& p) {
    if (!p.value->is_tuple(2) || !p.value->items[1].is_tuple(2)) {
        return t.wrong_form(*p.value, "{equal, {Attribute, [Value, ...]}}");
    }
    const term& test = p.value->items[1];
    t.put(auth, "ldap.local_filter.operation", p.where, t.value(p.value->items[0]));
    t.put(auth, "ldap.local_filter.attribute", p.where, t.value(test.items[0]));
    t.put(auth, "ldap.local_filter.values", p.where, t.names(test.items[1]));
}

struct auth_option {
    std::string_view name;
    std::string_view path;  // below [auth]; the value is taken as it is
    action apply = nullptr;
};

constexpr auth_option options[] = {
    {"auth_password_format", "", password_format},
    {"password_format", "", password_format},
    {"auth_scram_iterations", "scram_iterations"},
    {"scram_iterations", "scram_iterations"},
    {"cyrsasl_external", "", external_sasl},
    {"authenticate_with_cn", "", common_name},
    {"extauth_program", "external.program"},
    {"basic_auth", "http.basic_auth"},
    {"jwt_secret_source", "", jwt_source},
    {"jwt_secret", "jwt.secret.value"},
    {"jwt_algorithm", "jwt.algorithm"},
    {"jwt_username_key", "jwt.username_key"},
    {"ldap_pool_tag", "ldap.pool_tag"},
    {"ldap_bind_pool_tag", "ldap.bind_pool_tag"},
    {"ldap_base", "ldap.base"},
    {"ldap_uids", "", ldap_uids},
    {"ldap_filter", "ldap.filter"},
    {"ldap_dn_filter", "", ldap_dn_filter},
    {"ldap_local_filter", "", ldap_local_filter},
    {"ldap_deref", "ldap.deref"},
    {"bucket_type", "riak.bucket_type"},
};

void auth_options(translation& t, node& root, const term& from) {
    for (const property& p : t.properties(from.items[1])) {
        const auto* option = std::find_if(std::begin(options), std::end(options),
                                          [&p](const auth_option& o) { return o.name == p.name; });
        if (option == std::end(options)) {
            std::vector<std::string> known;
            for (const auth_option& o : options) known.emplace_back(o.name);
            t.unknown(p.where, "option of auth_opts", p.name, known);
            continue;
        }
        node* auth = table_below(root, "auth", from.where);
        if (!auth) return;
        if (!p.value) {
            t.wrong_form(*p.whole, "{" + p.name + ", value}");
        } else if (option->apply) {
            option->apply(t, *auth, p);
        } else {
            t.put_value(*auth, option->path, p);
        }
    }
}

}  // namespace

std::vector<top_term> auth_terms() {
    const auto plain = [](std::string name, std::string path) {
        return top_term{std::move(name), 2, repetition::last_counts, value_at("auth." + std::move(path))};
    };
    return {
        {"auth_method", 2, repetition::last_counts, names_at("auth.methods")},
        {"sasl_mechanisms", 2, repetition::last_counts, sasl_mechanisms},
        {"auth_opts", 2, repetition::last_counts, auth_options},
        plain("extauth_instances", "external.instances"),
        plain("allow_multiple_connections", "anonymous.allow_multiple_connections"),
        plain("anonymous_protocol", "anonymous.protocol"),
    };
}

}  // namespace meerkat::cfg
