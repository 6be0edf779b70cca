#include "xmpp/modules/register/mod_register.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/modules/account_removal.hpp"
#include "xmpp/stanza/timestamp.hpp"
#include "xmpp/xml/namespaces.hpp"

namespace meerkat {

namespace {

stanza_error not_created(const error& why) {
    if (why == errc::invalid) return stanza_condition::not_acceptable;  // the password cannot be prepared
    if (why == errc::not_found) return stanza_condition::not_allowed;   // nothing here keeps accounts
    return stanza_error_of(why);
}

stanza_error too_weak() { return {stanza_condition::not_acceptable, "The password is too weak"}; }

stanza text_message(std::string_view type, std::string_view from_domain, const jid& to,
                    std::string_view subject, std::string_view body) {
    stanza message(stanza_kind::message, type);
    if (const auto from = jid::parse(from_domain)) message.set_from(*from);
    message.set_to(to);
    if (!subject.empty()) message.root().add("subject").add_text(subject);
    message.root().add("body").add_text(body);
    return message;
}

}  // namespace

mod_register::mod_register(home& home, host& host, auth::authenticator& accounts, registration_limit& limit,
                           const swapped<access_rules>& rules, const mod_register_options& options)
    : home_(home),
      host_(host),
      accounts_(accounts),
      limit_(limit),
      policy_(options, rules),
      options_(options) {}

void mod_register::subscribe(hooks& hooks) {
    hooks.stream_features.on(phase::deliver, *this, &mod_register::offer);
    hooks.unauthenticated_iq.on(phase::deliver, *this, &mod_register::answer_unauthenticated);
}

void mod_register::answer(iq_dispatch& iqs) {
    iqs.on(iq_target::server, ns::register_iq, *this, &mod_register::answer_user);
    iqs.on(iq_target::account, ns::register_iq, *this, &mod_register::answer_user);
}

verdict mod_register::offer(const feature_offer& offer) {
    if (!offer.authenticated) offer.features.add("register", ns::register_feature);
    return verdict::proceed;
}

task<verdict> mod_register::answer_unauthenticated(stanza& iq, const std::string& ip) {
    const xml::element* const payload = iq.root().first_child();
    if (!iq.is_request() || payload == nullptr || payload->ns() != ns::register_iq)
        co_return verdict::proceed;
    iq_call call{iq, *payload, nullptr, host_, make_result(iq)};
    asker nobody{jid(), ip};
    const iq_answer outcome = co_await answer_asker(call, std::move(nobody));
    const auto* const refused = std::get_if<stanza_error>(&outcome);
    stanza reply = refused != nullptr ? make_error(iq.copy(), *refused) : std::move(call.reply);
    iq = std::move(reply);
    co_return verdict::stop;
}

// One's own account, or the server. Only local users: others have no business registering here.
task<iq_answer> mod_register::answer_user(iq_call& call) {
    const bool to_account = !call.request.to().local().empty();
    if (call.sender == nullptr || (to_account && !call.own_account()))
        co_return stanza_error(stanza_condition::forbidden);
    asker user{call.from().to_bare(), call.sender->connection().ip};
    iq_answer outcome = co_await answer_asker(call, std::move(user));
    co_return outcome;
}

task<iq_answer> mod_register::answer_asker(iq_call& call, asker who) {
    const xml::element& query = call.payload;
    if (query.name() != "query") co_return stanza_error(stanza_condition::bad_request);
    if (!call.is_set()) {
        iq_answer told = co_await tell_fields(call, std::move(who));
        co_return told;
    }
    if (query.child("remove", ns::register_iq) != nullptr) {
        if (query.child_count() != 1 || !who.logged_in())
            co_return stanza_error(stanza_condition::bad_request);
        iq_answer removed = co_await remove(std::move(who));
        co_return removed;
    }
    const xml::element* const name = query.child("username", ns::register_iq);
    const xml::element* const password = query.child("password", ns::register_iq);
    if (name == nullptr || password == nullptr) co_return stanza_error(stanza_condition::bad_request);
    const auto local = nodeprep(name->text());
    if (!local) co_return stanza_error(stanza_condition::bad_request);
    const auto account = jid::make(*local, call.domain());
    if (!account) co_return stanza_error(stanza_condition::jid_malformed);
    if (*account == who.user) {
        iq_answer changed = co_await change_password(std::move(who), std::string(password->text()));
        co_return changed;
    }
    iq_answer created = co_await create(call, std::move(who), *account, std::string(password->text()));
    co_return created;
}

// Whether an account exists is told to its owner only.
task<iq_answer> mod_register::tell_fields(iq_call& call, asker who) {
    xml::element& query = call.result("query", ns::register_iq);
    query.add("instructions").add_text("Choose a username and password to register with this server");
    xml::element& username = query.add("username");
    query.add("password");
    if (!who.logged_in()) co_return iq_done{};
    username.add_text(who.user.local());
    const result<bool> exists =
        co_await accounts_.user_exists(std::string(who.user.local()), std::string(who.user.domain()));
    if (exists.has_error()) co_return stanza_error_of(exists.error());
    if (*exists) query.add("registered");
    co_return iq_done{};
}

task<iq_answer> mod_register::create(iq_call& call, asker who, jid account, std::string password) {
    const bool admitted = (!who.logged_in() || policy_.admits(who.user)) && policy_.admits(account) &&
                          policy_.admits_address(who.ip);
    if (!admitted) co_return stanza_error(stanza_condition::forbidden);
    if (password.empty()) co_return stanza_error(stanza_condition::not_acceptable);
    if (!policy_.strong_enough(password)) co_return too_weak();
    if (!limit_.admit(who.source()))
        co_return stanza_error(stanza_condition::resource_constraint,
                               "Users are not allowed to register accounts so quickly");

    const result<storage::creation> outcome = co_await accounts_.create_account(
        std::string(account.local()), std::string(account.domain()), std::move(password));
    if (outcome.has_error() || *outcome != storage::creation::created) limit_.take_back(who.source());
    if (outcome.has_error()) co_return not_created(outcome.error());
    if (*outcome == storage::creation::exists) co_return stanza_error(stanza_condition::conflict);
    if (*outcome == storage::creation::limit_reached)
        co_return stanza_error(stanza_condition::resource_constraint);

    log::notice("account_registered", {{"account", account.full()}, {"by", who.source()}});
    announce(account, who);
    call.reply.root().add_copy(call.payload);
    co_return iq_done{};
}

task<iq_answer> mod_register::change_password(asker who, std::string password) {
    if (password.empty()) co_return stanza_error(stanza_condition::bad_request);
    if (!policy_.strong_enough(password)) co_return too_weak();
    const result<void> changed = co_await accounts_.set_password(
        std::string(who.user.local()), std::string(who.user.domain()), std::move(password));
    if (changed.has_value()) co_return iq_done{};
    if (changed.error() == errc::invalid) co_return stanza_error(stanza_condition::not_allowed);
    co_return stanza_error_of(changed.error());
}

task<iq_answer> mod_register::remove(asker who) {
    if (!policy_.admits(who.user)) co_return stanza_error(stanza_condition::not_allowed);
    const result<void> removed = co_await remove_account(home_, host_, accounts_, who.user);
    if (removed.has_error()) co_return stanza_error_of(removed.error());
    log::notice("account_removed", {{"account", who.user.full()}, {"by", "its owner"}});
    co_return iq_done{};
}

void mod_register::announce(const jid& account, const asker& by) {
    const unsigned where = home_.all().shards().home_of(account.full());
    home* const its_home = &home_.all().at(where);
    home_.here().send(
        where, [its_home, account] { its_home->background().spawn(run_account_created(its_home, account)); });
    if (options_.welcome_message)
        home_.route_stanza(text_message("normal", account.domain(), account,
                                        options_.welcome_message->subject, options_.welcome_message->body));
    if (options_.registration_watchers.empty()) return;
    const std::string body = "[" + utc_timestamp(std::chrono::system_clock::now()) + "] The account " +
                             std::string(account.full()) + " was registered from " + std::string(by.source());
    for (const std::string& watcher : options_.registration_watchers) {
        if (const auto to = jid::parse(watcher))
            home_.route_stanza(text_message("chat", account.domain(), *to, {}, body));
    }
}

task<> mod_register::run_account_created(home* at_home, jid account) {
    host* const at = at_home->host_of(account.domain());
    if (at != nullptr) co_await at->hooks.account_created.run(account);
}

}  // namespace meerkat
