#include "xmpp/stream/login.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/stream/stream_limits.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

namespace meerkat {

namespace {

// Whoever has not authenticated gets little room and little time.
constexpr xml::limits unauthenticated_limits{8192, 32, 64, 64};
constexpr std::chrono::seconds authentication_time{60};

xml::limits reading_limits(const stream_profile& profile) {
    xml::limits bounds = unauthenticated_limits;
    bounds.bytes = std::min(bounds.bytes, profile.options.max_stanza_size.value_or(bounds.bytes));
    return bounds;
}

negotiate::settings settings_for(const channel& connection, const stream_profile& profile,
                                 const general_options& general) {
    negotiate::settings how;
    how.starttls = connection.starttls();
    how.encrypted = connection.facts().encrypted;
    how.hide_service_name = general.hide_service_name;
    how.legacy_session = profile.options.backwards_compatible_session;
    how.default_domain = general.default_server_domain;
    how.language = general.language;
    return how;
}

}  // namespace

login::login(client_streams& owner, std::unique_ptr<channel> connection,
             std::shared_ptr<const stream_profile> profile, std::shared_ptr<void> admission)
    : owner_(owner),
      channel_(std::move(connection)),
      profile_(std::move(profile)),
      admission_(std::move(admission)) {
    const negotiate::surroundings& server = *this;
    machine_ = std::make_unique<negotiate::machine>(
        settings_for(*channel_, *profile_, *owner_.services().general.get()), server);
    step_.calls<&login::step_timed_out>(*this);
    all_.calls<&login::all_timed_out>(*this);
    owner_.enter(*this);
}

login::~login() { owner_.leave(*this); }

bool login::serves(std::string_view domain) const { return owner_.at_home().host_of(domain) != nullptr; }

task<> login::serve(std::unique_ptr<login> self) {
    self->channel_->limit_reading(reading_limits(*self->profile_), self->profile_->rate);
    self->restart_step_timer();
    self->all_.arm(self->owner_.at_home().here().deadlines(), authentication_time);
    if (self->owner_.shutting_down()) self->shut_down({stream_condition::system_shutdown});
    for (bool open = true; open;) {
        channel_event event = co_await self->channel_->receive();
        auto todo = self->react(std::move(event));
        open = co_await self->perform(std::move(todo));
    }
}

negotiate::actions login::react(channel_event event) {
    if (std::holds_alternative<stream_lost>(event) || std::holds_alternative<stream_overflowed>(event)) {
        negotiate::actions drop;
        drop.emplace_back(negotiate::end_stream{});
        return drop;
    }
    if (std::holds_alternative<stream_interrupted>(event)) {
        if (timed_out_) return machine_->timed_out();
        if (!ending_) return {};
        negotiate::actions end;
        end.emplace_back(negotiate::end_stream{std::move(ending_)});
        return end;
    }
    restart_step_timer();
    if (auto* opened = std::get_if<xml::stream_opened>(&event)) return machine_->opened(*opened);
    if (auto* read = std::get_if<xml::element_read>(&event))
        return machine_->element(std::move(read->element));
    if (auto* failure = std::get_if<xml::read_failure>(&event)) return machine_->failed(*failure);
    return machine_->closed();
}

task<bool> login::perform(negotiate::actions todo) {
    while (!todo.empty()) {
        negotiate::actions next;
        for (negotiate::action& each : todo) {
            if (auto* header = std::get_if<negotiate::send_header>(&each)) {
                channel_->open_stream(header->header);
            } else if (auto* out = std::get_if<negotiate::send_element>(&each)) {
                channel_->send(out->element.root());
            } else if (std::holds_alternative<negotiate::send_features>(each)) {
                send_features();
            } else if (std::holds_alternative<negotiate::start_tls>(each)) {
                next = co_await upgrade();
            } else if (auto* begin = std::get_if<negotiate::begin_sasl>(&each)) {
                begin_exchange(begin->mechanism);
                next = co_await authenticate(std::move(begin->initial));
            } else if (auto* more = std::get_if<negotiate::continue_sasl>(&each)) {
                next = co_await authenticate(std::move(more->data));
            } else if (auto* ask = std::get_if<negotiate::ask_modules>(&each)) {
                next = co_await ask_modules(std::move(ask->request));
            } else if (std::holds_alternative<negotiate::go_home>(each)) {
                const bool settled = co_await channel_->settle();
                if (settled && !ending_) {
                    go_home();
                } else {
                    co_await end(std::move(ending_));
                }
                co_return false;
            } else if (auto* over = std::get_if<negotiate::end_stream>(&each)) {
                co_await end(std::move(over->why));
                co_return false;
            }
        }
        todo = std::move(next);
    }
    co_return true;
}

void login::begin_exchange(const std::string& mechanism) {
    const auth::method_set allowed(profile_->options.allowed_auth_methods);
    exchange_ = std::make_unique<auth::sasl_exchange>(owner_.services().accounts, machine_->domain(),
                                                      mechanism, channel_->sasl_facts(), allowed);
}

task<negotiate::actions> login::authenticate(std::string text) {
    const std::string ip = channel_->facts().ip;
    login_limits& limits = owner_.services().limits;
    const bool limited = !channel_->loopback();
    sasl::outcome outcome = sasl::failure{sasl::condition::temporary_auth_failure, "too many failed logins"};
    if (!limited || limits.may_log_in(ip)) {
        step_.disarm();  // the database's and the hashing pool's own deadlines hold while we work
        outcome = co_await exchange_->step(text);
        restart_step_timer();
    }
    if (const auto* failure = std::get_if<sasl::failure>(&outcome)) {
        ++owner_.counters().failed_logins;
        if (limited) limits.login_failed(ip);
        log::info("auth_failed",
                  {{"ip", ip}, {"domain", machine_->domain()}, {"reason", to_string(failure->reason)}});
    }
    co_return machine_->sasl(std::move(outcome));
}

task<negotiate::actions> login::ask_modules(stanza request) {
    host* const at = owner_.at_home().host_of(machine_->domain());
    bool handled = false;
    if (at != nullptr) {
        // Modules see an iq to the stream's domain, from nobody yet.
        const auto domain = jid::make({}, machine_->domain());
        if (domain) request.set_to(*domain);
        const std::string ip = channel_->facts().ip;
        step_.disarm();  // hashing and storing have deadlines of their own
        const verdict answer = co_await at->hooks.unauthenticated_iq.run(request, ip);
        handled = answer == verdict::stop;
    }
    std::optional<stanza> answer;
    if (handled) answer = std::move(request);
    restart_step_timer();
    co_return machine_->modules_answered(std::move(answer));
}

task<negotiate::actions> login::upgrade() {
    step_.disarm();  // the handshake has a deadline of its own
    const bool secured = co_await channel_->start_tls();
    restart_step_timer();
    if (!secured) {
        negotiate::actions drop;
        drop.emplace_back(negotiate::end_stream{});
        co_return drop;
    }
    co_return machine_->tls_started();
}

// How long the client may be silent: until the step's time is over, or the transport's.
std::optional<std::chrono::milliseconds> login::patience() const {
    const auto& step = profile_->options.state_timeout.bound();
    const auto idle = channel_->idle_limit();
    if (!step || !idle) return step ? step : idle;
    return std::min(*step, *idle);
}

// RFC 6120, 4.3.2; XEP-0440 for the channel bindings.
void login::send_features() {
    xml::document features("features", ns::stream);
    xml::element& root = features.root();
    const starttls_offer tls = machine_->encrypted() ? starttls_offer::none : channel_->starttls();
    if (tls != starttls_offer::none) {
        xml::element& offer = root.add("starttls", ns::tls);
        if (tls == starttls_offer::required) offer.add("required");
    }
    if (tls != starttls_offer::required) {
        const sasl::channel_facts facts = channel_->sasl_facts();
        const auto names = owner_.services().accounts.mechanisms(machine_->domain(), facts);
        bool binding = false;
        for (const std::string_view name : names) binding = binding || name.ends_with("-PLUS");
        if (binding) {
            xml::element& types = root.add("sasl-channel-binding", ns::sasl_cb);
            if (facts.tls_exporter) types.add("channel-binding").set_attr("type", "tls-exporter");
            if (facts.tls_unique) types.add("channel-binding").set_attr("type", "tls-unique");
            if (facts.tls_server_end_point)
                types.add("channel-binding").set_attr("type", "tls-server-end-point");
        }
        if (!names.empty()) {
            xml::element& mechanisms = root.add("mechanisms", ns::sasl);
            for (const std::string_view name : names) mechanisms.add("mechanism").add_text(name);
        }
        if (host* const at = owner_.at_home().host_of(machine_->domain())) {
            const feature_offer offer{root, false, machine_->encrypted(), machine_->domain()};
            at->hooks.stream_features.run_now(offer);
        }
        announce_limits(root, reading_limits(*profile_).bytes, patience());
    }
    channel_->send(root);
}

void login::go_home() {
    step_.disarm();
    all_.disarm();
    const auth_method vouched = exchange_->method();
    exchange_.reset();
    admission_.reset();
    channel_->restart();
    home& here = owner_.at_home();
    const std::string bare = machine_->local() + "@" + machine_->domain();
    const connection_facts& peer = channel_->facts();
    log::info("logged_in", {{"user", bare},
                            {"ip", peer.ip},
                            {"port", peer.port},
                            {"transport", peer.transport},
                            {"encrypted", peer.encrypted}});
    const unsigned where = here.all().shards().home_of(bare);
    client_streams& receiver = *owner_.services().by_shard[where];
    authenticated_stream moving{std::move(channel_), std::move(machine_), profile_, here.here().index(),
                                vouched};
    if (where == here.here().index()) return receiver.adopt(std::move(moving));
    moving.channel->detach();
    // The giver's last act: from here on the other shard owns the connection.
    here.here().send(
        where, [&receiver, moving = std::move(moving)]() mutable { receiver.adopt(std::move(moving)); });
}

task<> login::end(std::optional<stream_error> why) {
    step_.disarm();
    all_.disarm();
    if (why) {
        log::info("stream_ended", {{"ip", channel_->facts().ip}, {"condition", to_string(why->condition)}});
    }
    co_await channel_->close(std::move(why));
}

void login::shut_down(const stream_error& why) {
    ending_ = why;
    channel_->interrupt();
}

void login::restart_step_timer() {
    if (const auto& bound = profile_->options.state_timeout.bound())
        step_.arm(owner_.at_home().here().deadlines(), *bound);
}

void login::step_timed_out() {
    timed_out_ = true;
    channel_->interrupt();
}

void login::all_timed_out() { step_timed_out(); }

}  // namespace meerkat
