#include "xmpp/routing/home.hpp"

#include "gateway/base/log.hpp"

namespace meerkat {

void homes::add(std::unique_ptr<home> h) { homes_.push_back(std::move(h)); }

home::home(homes& all, shard& here) : all_(all), shard_(here), background_(here) {}
home::~home() = default;

host& home::add_host(std::string host_type) {
    hosts_.push_back(std::make_unique<host>(std::move(host_type)));
    return *hosts_.back();
}

void home::serve_domain(std::string domain, host& type) {
    domains_.insert_or_assign(std::move(domain), &type);
}

void home::add_route(std::string domain, route& to) { routes_.insert_or_assign(std::move(domain), &to); }

host* home::host_of(std::string_view domain) const {
    const auto found = domains_.find(domain);
    return found == domains_.end() ? nullptr : found->second;
}

void home::route_stanza(stanza s) {
    const jid_view to = s.to();
    host* const local = host_of(to.domain());
    if (local != nullptr) {
        if (to.local().empty()) return to_server(*local, std::move(s));
        const unsigned where = all_.shards().home_of(to.bare());
        if (where == shard_.index()) return deliver_here(std::move(s));
        shard_.send(where, [receiver = &all_.at(where), s = std::move(s)]() mutable {
            receiver->deliver_here(std::move(s));
        });
        return;
    }
    const auto found = routes_.find(to.domain());
    if (found != routes_.end()) return found->second->deliver(std::move(s));
    bounce(std::move(s), stanza_condition::remote_server_not_found);
}

void home::bounce(stanza s, const stanza_error& why) {
    if (s.is_error() || s.is_presence() || (s.is_iq() && !s.is_request())) return;
    route_stanza(make_error(std::move(s), why));
}

void home::to_server(host& at, stanza s) {
    if (!s.to().resource().empty()) return bounce(std::move(s), stanza_condition::item_not_found);
    if (!s.is_request()) return;  // messages and presence to the server itself are dropped
    background_.spawn(answer_in_background(this, iq_target::server, std::move(s), &at));
}

task<> home::answer_in_background(home* self, iq_target target, stanza request, host* at) {
    stanza reply = co_await at->iqs.answer(target, std::move(request), nullptr, *at);
    self->route_stanza(std::move(reply));
}

}  // namespace meerkat
