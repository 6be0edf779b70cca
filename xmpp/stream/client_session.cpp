#include "xmpp/stream/client_session.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/base/log.hpp"
#include "xmpp/access/access_rules.hpp"
#include "xmpp/stream/stream_limits.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <deque>
#include <iterator>

namespace meerkat {

namespace {

constexpr std::int64_t default_max_user_sessions = 100;

}  // namespace

client_session::client_session(client_streams& owner, authenticated_stream arrived)
    : owner_(owner),
      host_(owner.at_home().host_of(arrived.negotiation->domain())),
      channel_(std::move(arrived.channel)),
      profile_(std::move(arrived.profile)),
      machine_(std::move(arrived.negotiation)),
      vouched_(arrived.vouched) {
    machine_->moved(*this);
    step_.calls<&client_session::step_timed_out>(*this);
    owner_.enter(*this);
}

client_session::~client_session() { owner_.leave(*this); }

bool client_session::serves(std::string_view domain) const {
    return owner_.at_home().host_of(domain) != nullptr;
}

task<> client_session::serve(std::unique_ptr<client_session> self) {
    xml::limits bounds;
    bounds.bytes = self->profile_->options.max_stanza_size.value_or(std::numeric_limits<std::size_t>::max());
    self->channel_->limit_reading(bounds, self->profile_->rate);
    const client_options& options = self->profile_->options;
    self->channel_->limit_waiting(options.max_fsm_queue);
    if (const auto& silence = options.hibernate_after.bound()) self->channel_->rest_after(*silence);
    if (self->owner_.shutting_down()) self->end({stream_condition::system_shutdown});
    self->restart_step_timer();
    for (bool open = true; open;) {
        channel_event event = co_await self->channel_->receive();
        open = co_await self->react(std::move(event));
    }
    co_await self->leave();
}

task<bool> client_session::react(channel_event event) {
    if (std::holds_alternative<stream_lost>(event)) {
        connection_lost_ = true;
        co_return false;
    }
    if (std::holds_alternative<stream_interrupted>(event)) {
        if (ending_) {
            why_ended_ = std::move(ending_);
            co_return false;
        }
        if (!timed_out_ || !machine_) co_return true;
        co_return co_await perform(machine_->timed_out());
    }
    if (std::holds_alternative<stream_overflowed>(event))
        co_return fail(stream_condition::resource_constraint, "too much unsent data");
    if (std::holds_alternative<stream_garbled>(event)) {
        why_ended_ =
            stream_error{stream_condition::undefined_condition, {}, application_error::compression_failed};
        co_return false;
    }
    if (machine_) co_return co_await negotiate(std::move(event));
    if (auto* read = std::get_if<xml::element_read>(&event))
        co_return co_await receive(std::move(read->element));
    if (auto* failure = std::get_if<xml::read_failure>(&event)) {
        why_ended_ = negotiate::error_for(*failure);
        co_return false;
    }
    // A second opening tag is against the protocol; a closing tag is the end.
    if (std::holds_alternative<xml::stream_opened>(event)) co_return fail(stream_condition::policy_violation);
    co_return false;
}

// Binding.

task<bool> client_session::negotiate(channel_event event) {
    restart_step_timer();
    negotiate::actions actions_due;
    if (auto* opened = std::get_if<xml::stream_opened>(&event)) {
        actions_due = machine_->opened(*opened);
    } else if (auto* read = std::get_if<xml::element_read>(&event)) {
        actions_due = machine_->element(std::move(read->element));
    } else if (auto* failure = std::get_if<xml::read_failure>(&event)) {
        actions_due = machine_->failed(*failure);
    } else {
        actions_due = machine_->closed();
    }
    co_return co_await perform(std::move(actions_due));
}

task<bool> client_session::perform(negotiate::actions actions_due) {
    // What follows from an action is done before what was to be done after it.
    std::deque<negotiate::action> left(std::move_iterator(actions_due.begin()),
                                       std::move_iterator(actions_due.end()));
    while (!left.empty()) {
        negotiate::action each = std::move(left.front());
        left.pop_front();
        negotiate::actions next;
        if (auto* header = std::get_if<negotiate::send_header>(&each)) {
            channel_->open_stream(header->header);
        } else if (auto* out = std::get_if<negotiate::send_element>(&each)) {
            channel_->send(out->element.root());
        } else if (std::holds_alternative<negotiate::send_features>(each)) {
            send_features();
        } else if (auto* squeeze = std::get_if<negotiate::start_compression>(&each)) {
            next = co_await compress(std::move(squeeze->promise));
        } else if (auto* wanted = std::get_if<negotiate::bind_resource>(&each)) {
            next = machine_->bound(wanted->id, bind(wanted->resource));
        } else if (auto* request = std::get_if<negotiate::open_session>(&each)) {
            const std::optional<stanza_error> refusal = co_await open();
            next = machine_->session_opened(request->id, request->answer, refusal);
            if (refusal) left.clear();  // what would have announced the session
        } else if (auto* first = std::get_if<negotiate::pass_on>(&each)) {
            machine_.reset();
            const bool go_on = co_await receive(std::move(first->element));
            co_return go_on;
        } else if (auto* over = std::get_if<negotiate::end_stream>(&each)) {
            why_ended_ = std::move(over->why);
            co_return false;
        }
        left.insert(left.begin(), std::move_iterator(next.begin()), std::move_iterator(next.end()));
    }
    if (machine_ && machine_->established()) machine_.reset();
    co_return true;
}

task<negotiate::actions> client_session::compress(xml::document promise) {
    bool started = false;
    if (const auto& inflated = profile_->zlib)
        started = co_await channel_->start_compression(promise.root(), *inflated);
    co_return machine_->compression_started(started);
}

void client_session::send_features() {
    xml::document features("features", ns::stream);
    if (profile_->zlib && channel_->can_compress())
        features.root().add("compression", ns::compress_feature).add("method").add_text("zlib");
    if (machine_->legacy_session()) features.root().add("session", ns::session);
    features.root().add("bind", ns::bind);
    const feature_offer offer{features.root(), true, machine_->encrypted(), machine_->domain()};
    host_->hooks.stream_features.run_now(offer);
    announce_limits(features.root(), profile_->options.max_stanza_size.bound(), channel_->idle_limit());
    channel_->send(features.root());
}

std::variant<jid, stanza_error> client_session::bind(const std::string& resource) {
    const std::string wanted = resource.empty() ? random_hex(12) : resource;
    auto full = jid::make(machine_->local(), machine_->domain(), wanted);
    if (!full || full->is_bare()) return stanza_error(stanza_condition::bad_request);
    bound_ = *full;
    return *full;
}

// Whether the listener's access rule lets this user open a session here.
bool client_session::admitted() const {
    return owner_.services().rules.get()->allows(profile_->options.access, bound_, bound_.domain());
}

// A name without an account belongs to whoever came with it first, for as long as that session lasts.
bool client_session::name_is_taken() const {
    const auto& anonymous = owner_.services().accounts.options(bound_.domain()).anonymous;
    if (vouched_ != auth_method::anonymous || !anonymous || anonymous->allow_multiple_connections)
        return false;
    return owner_.at_home().sessions().of_user(bound_.bare()) != nullptr;
}

task<std::optional<stanza_error>> client_session::open() {
    if (!admitted() || name_is_taken()) co_return stanza_error(stanza_condition::not_allowed, {}, "cancel");
    home& here = owner_.at_home();
    session* const older = here.sessions().with_jid(bound_);
    outlet& out = *channel_;
    session_actions& actions = *this;
    session_.emplace(bound_, *host_, out, actions, channel_->facts(), here.next_session_id());
    here.sessions().add(*session_);
    ++owner_.counters().sessions_opened;
    // RFC 6120, 7.7.2.2: the newcomer wins.
    step_.disarm();
    if (older != nullptr) replace(*older);
    end_surplus_sessions();
    log::info("session_opened", {{"jid", bound_.full()}, {"transport", channel_->facts().transport}});
    co_await host_->hooks.session_opened.run(*session_);
    co_return std::nullopt;
}

void client_session::replace(session& older) {
    older.end({stream_condition::conflict, "Replaced by new connection"});
    // From now on the step timer looks after the one that is to go.
    replaced_ = older.id();
    const auto patience = owner_.services().general.get()->replaced_wait_timeout_of(bound_.domain());
    step_.arm(owner_.at_home().here().deadlines(), patience);
}

void client_session::end_surplus_sessions() {
    const auto most = owner_.services().rules.get()->bound("max_user_sessions", bound_, bound_.domain(),
                                                           default_max_user_sessions);
    const user_sessions* all = owner_.at_home().sessions().of_user(bound_.bare());
    if (all == nullptr || most.is_infinite()) return;
    user_sessions staying;
    std::copy_if(all->begin(), all->end(), std::back_inserter(staying),
                 [](const session* each) { return !each->ending(); });
    // Oldest first; this one, the newest, stays whatever the rule says.
    const auto least = static_cast<std::size_t>(std::max<std::int64_t>(most.value_or(1), 1));
    for (std::size_t i = 0; i + least < staying.size(); ++i)
        staying[i]->end({stream_condition::conflict, "Replaced by new connection"});
}

// Established.

bool client_session::fail(stream_condition condition, std::string text) {
    why_ended_ = stream_error{condition, std::move(text)};
    return false;
}

task<bool> client_session::receive(xml::document e) {
    auto read = stanza::from_document(e);
    if (!read) {
        // Unknown elements are ignored; this one is known, and comes too late (XEP-0170).
        if (e.root().is("compress", ns::compress))
            channel_->send(negotiate::compression_failure("setup-failed").root());
        co_return true;
    }
    stanza s = std::move(*read);
    const jid& self = own_session().full_jid();
    if (const std::string_view from = s.root().attr("from"); !from.empty() && from != self.full()) {
        // RFC 6120, 8.1.2.1: only one's own address, full or bare.
        const bool own = s.parse_from() && (s.from() == self.view() || s.from() == self.view().to_bare());
        if (!own) co_return fail(stream_condition::invalid_from);
    }
    s.set_from(self);
    if (!s.parse_to()) {
        refuse(std::move(s), stanza_condition::jid_malformed);
        co_return true;
    }
    switch (s.kind()) {
        case stanza_kind::message:
            co_await sends_message(std::move(s));
            break;
        case stanza_kind::presence:
            co_await sends_presence(std::move(s));
            break;
        case stanza_kind::iq:
            co_await sends_iq(std::move(s));
            break;
    }
    co_return true;
}

task<> client_session::sends_message(stanza s) {
    if (s.to().empty()) s.set_to(bound_.view().to_bare());  // RFC 6120, 10.3.1
    const auto& hook = host_->hooks.user_sends_message;
    if (!hook.empty()) {
        const verdict answer = co_await hook.run(own_session(), s);
        if (answer == verdict::stop) co_return;
    }
    owner_.at_home().route_stanza(std::move(s));
}

task<> client_session::sends_presence(stanza s) {
    const verdict answer = co_await host_->hooks.user_sends_presence.run(own_session(), s);
    if (answer == verdict::stop || s.to().empty()) co_return;
    owner_.at_home().route_stanza(std::move(s));
}

task<> client_session::sends_iq(stanza s) {
    const std::string_view type = s.type();
    const bool request = s.is_request();
    if (!s.root().has_attr("id") || (!request && type != "result" && type != "error"))
        co_return refuse(std::move(s), stanza_condition::bad_request);
    const verdict answer = co_await host_->hooks.user_sends_iq.run(own_session(), s);
    if (answer == verdict::stop) co_return;

    home& here = owner_.at_home();
    const jid_view to = s.to();
    const bool own_account = to.empty() || to.full() == own_session().bare();
    const bool server =
        !own_account && to.local().empty() && to.is_bare() && here.host_of(to.domain()) != nullptr;
    if (!own_account && !server) co_return here.route_stanza(std::move(s));
    if (!request) co_return;
    // Answered here and now, in the order the client asked.
    const iq_target target = own_account ? iq_target::account : iq_target::server;
    host& asked = own_account ? *host_ : *here.host_of(to.domain());
    stanza reply = co_await asked.iqs.answer(target, std::move(s), &own_session(), asked);
    reply.set_to(own_session().full_jid());
    own_session().deliver(reply);
}

void client_session::refuse(stanza s, const stanza_error& why) {
    if (s.is_error() || (s.is_iq() && !s.is_request() && s.type() == "result")) return;
    stanza reply = make_error(std::move(s), why);
    reply.set_to(own_session().full_jid());
    own_session().deliver(reply);
}

// The end.

void client_session::end(stream_error why) {
    if (!ending_) ending_ = std::move(why);
    channel_->interrupt();
}

void client_session::restart_step_timer() {
    if (const auto& bound = profile_->options.state_timeout.bound())
        step_.arm(owner_.at_home().here().deadlines(), *bound);
}

void client_session::step_timed_out() {
    if (session_) return look_after_replaced();
    timed_out_ = true;
    channel_->interrupt();
}

void client_session::look_after_replaced() {
    const user_sessions* all = owner_.at_home().sessions().of_user(bound_.bare());
    const auto is_older = [this](const session* s) { return s->id() == replaced_; };
    if (all == nullptr || std::none_of(all->begin(), all->end(), is_older)) return;
    log::warning("replaced_session_lingers", {{"jid", bound_.full()}});
}

task<> client_session::leave() {
    step_.disarm();
    if (session_) {
        session_end how;
        if (why_ended_) {
            how.status =
                why_ended_->text.empty() ? std::string(to_string(why_ended_->condition)) : why_ended_->text;
        } else if (connection_lost_) {
            how.status = "Unknown condition";
        }
        home& here = owner_.at_home();
        here.sessions().remove(*session_);
        how.replaced = here.sessions().with_jid(bound_) != nullptr;
        log::info("session_closed", {{"jid", bound_.full()}, {"reason", how.status}});
        co_await host_->hooks.session_closed.run(*session_, how);
    }
    co_await channel_->close(std::move(why_ended_));
}

}  // namespace meerkat
