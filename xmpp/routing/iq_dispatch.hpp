#pragma once
// Who answers which iq request (RFC 6120, 8.2.3): handlers by the namespace of the payload, for the server
// itself and for accounts. A handler may be a coroutine; the session that sent the request waits for it,
// which keeps its order.

#include "gateway/base/task.hpp"
#include "xmpp/stanza/stanza.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meerkat {

class session;
struct host;

enum class iq_target : std::uint8_t {
    server,   // to='domain'
    account,  // to='user@domain', or no `to`: the sender's own account. Answered at the account's home
};

// One request under way. The reply is prepared; a handler adds its payload to it.
struct iq_call {
    const stanza& request;
    const xml::element& payload;  // the one child element
    session* sender;              // the asking session, when it is one of this shard; else null
    host& at;                     // the host type asked
    stanza reply;                 // an empty result

    bool is_set() const { return request.type() == "set"; }
    jid_view from() const { return request.from(); }
    // Whether an account asks about itself.
    bool own_account() const {
        return !from().empty() && (request.to().empty() || from().bare() == request.to().full());
    }
    // The account asked, for a handler of iq_target::account.
    jid account() const { return jid(request.to().empty() ? from().to_bare() : request.to().to_bare()); }
    std::string_view domain() const { return request.to().empty() ? from().domain() : request.to().domain(); }
    xml::element& result(std::string_view name, std::string_view ns) { return reply.root().add(name, ns); }
};

struct iq_done {};
// iq_done: `reply` goes back. An error: the request goes back with it.
using iq_answer = std::variant<iq_done, stanza_error>;

class iq_dispatch {
public:
    template <class T>
    void on(iq_target target, std::string_view ns, T& object, iq_answer (T::*member)(iq_call&)) {
        insert(target, ns, {[&object, member](iq_call& call) { return (object.*member)(call); }, {}});
    }
    template <class T>
    void on(iq_target target, std::string_view ns, T& object, task<iq_answer> (T::*member)(iq_call&)) {
        insert(target, ns, {{}, [&object, member](iq_call& call) { return (object.*member)(call); }});
    }

    bool answers(iq_target target, std::string_view ns) const;
    // The namespaces answered, for service discovery.
    template <class F>
    void for_each(iq_target target, F&& f) const {
        for (const auto& [ns, h] : tables_[static_cast<std::size_t>(target)]) f(std::string_view(ns));
    }

    // Answers a request (type get or set) addressed to that target: a result or an error, always.
    task<stanza> answer(iq_target target, stanza request, session* sender, host& at) const;

private:
    struct handler {
        std::function<iq_answer(iq_call&)> plain;
        std::function<task<iq_answer>(iq_call&)> waiting;
    };
    void insert(iq_target target, std::string_view ns, handler h);

    std::map<std::string, handler, std::less<>> tables_[2];
};

}  // namespace meerkat
