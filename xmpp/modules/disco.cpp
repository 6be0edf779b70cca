#include "xmpp/modules/disco.hpp"

#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace meerkat {

namespace {

// Nothing when the request is one; node or not is left to the caller.
std::optional<stanza_error> refused(const iq_call& call) {
    if (call.is_set()) return stanza_error(stanza_condition::not_allowed);
    if (call.payload.name() != "query") return stanza_error(stanza_condition::bad_request);
    return std::nullopt;
}

void add_identities(xml::element& query, const std::vector<disco_identity>& identities) {
    for (const disco_identity& each : identities) {
        xml::element& identity = query.add("identity");
        identity.set_attr("category", each.category).set_attr("type", each.type);
        if (!each.name.empty()) identity.set_attr("name", each.name);
    }
}

// In order and each once, as a hash over them (XEP-0115) wants it.
void add_features(xml::element& query, const std::vector<std::string>& told, const iq_dispatch& iqs,
                  iq_target target) {
    std::set<std::string_view> features(told.begin(), told.end());
    iqs.for_each(target, [&features](std::string_view ns) { features.insert(ns); });
    for (const std::string_view feature : features) query.add("feature").set_attr("var", feature);
}

xml::element& add_field(xml::element& form, std::string_view var) {
    return form.add("field").set_attr("var", var);
}

bool told_by(const server_info& info, std::string_view module_name) {
    return !info.modules ||
           std::find(info.modules->begin(), info.modules->end(), module_name) != info.modules->end();
}

}  // namespace

void mod_disco::answer(iq_dispatch& iqs) {
    iqs.on(iq_target::server, ns::disco_info, *this, &mod_disco::server_info);
    iqs.on(iq_target::server, ns::disco_items, *this, &mod_disco::server_items);
    iqs.on(iq_target::account, ns::disco_info, *this, &mod_disco::account_info);
    iqs.on(iq_target::account, ns::disco_items, *this, &mod_disco::account_items);
}

void mod_disco::advertise(disco& disco) {
    disco.server_identities.push_back({"server", "im", "Meerkat"});
    disco.server_features.emplace_back("iq");
    disco.account_identities.push_back({"account", "registered", {}});
}

iq_answer mod_disco::server_info(iq_call& call) {
    if (const auto refusal = refused(call)) return *refusal;
    if (!call.payload.attr("node").empty()) return stanza_error(stanza_condition::item_not_found);
    xml::element& query = call.result("query", ns::disco_info);
    add_identities(query, host_.disco.server_identities);
    add_features(query, host_.disco.server_features, host_.iqs, iq_target::server);
    add_contact_form(query);
    return iq_done{};
}

iq_answer mod_disco::server_items(iq_call& call) {
    if (const auto refusal = refused(call)) return *refusal;
    if (!call.payload.attr("node").empty()) return stanza_error(stanza_condition::item_not_found);
    xml::element& query = call.result("query", ns::disco_items);
    for (const std::string& domain : options_.extra_domains) query.add("item").set_attr("jid", domain);
    return iq_done{};
}

task<iq_answer> mod_disco::account_info(iq_call& call) {
    if (const auto refusal = refused(call)) co_return *refusal;
    const bool allowed = co_await may_see_account(call.account(), jid(call.from().to_bare()));
    if (!allowed) co_return stanza_error(stanza_condition::service_unavailable);
    if (!call.payload.attr("node").empty()) co_return stanza_error(stanza_condition::item_not_found);
    xml::element& query = call.result("query", ns::disco_info);
    add_identities(query, host_.disco.account_identities);
    add_features(query, host_.disco.account_features, host_.iqs, iq_target::account);
    co_return iq_done{};
}

// A stranger gets an empty list, as for an account that does not exist.
task<iq_answer> mod_disco::account_items(iq_call& call) {
    if (const auto refusal = refused(call)) co_return *refusal;
    const jid account = call.account();
    const bool allowed = co_await may_see_account(account, jid(call.from().to_bare()));
    if (!call.payload.attr("node").empty())
        co_return stanza_error(allowed ? stanza_condition::item_not_found
                                       : stanza_condition::service_unavailable);
    xml::element& query = call.result("query", ns::disco_items);
    const user_sessions* const sessions = allowed ? home_.sessions().of_user(account.full()) : nullptr;
    if (sessions == nullptr) co_return iq_done{};
    for (const session* const each : *sessions) query.add("item").set_attr("jid", each->full_jid().full());
    co_return iq_done{};
}

// The account itself, and those it has any subscription with.
task<bool> mod_disco::may_see_account(jid account, jid asking) {
    if (account == asking) co_return true;
    if (contacts_ == nullptr) co_return false;
    const result<std::optional<storage::roster_item>> item =
        co_await contacts_->item(std::move(account), std::move(asking));
    co_return item.has_value() && item->has_value() && (*item)->subscription != storage::subscription::none;
}

void mod_disco::add_contact_form(xml::element& query) const {
    const auto ours = [](const meerkat::server_info& info) { return told_by(info, "mod_disco"); };
    if (!std::any_of(options_.server_info.begin(), options_.server_info.end(), ours)) return;
    xml::element& form = query.add("x", ns::data_forms).set_attr("type", "result");
    add_field(form, "FORM_TYPE").set_attr("type", "hidden").add("value").add_text(ns::server_info);
    for (const meerkat::server_info& info : options_.server_info) {
        if (!ours(info)) continue;
        xml::element& field = add_field(form, info.name).set_attr("type", "list-multi");
        for (const std::string& url : info.urls) field.add("value").add_text(url);
    }
}

}  // namespace meerkat
