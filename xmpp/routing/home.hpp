#pragma once
// The part of the XMPP core that lives on one shard: the sessions of the users whose home it is, the host
// types with their modules, and the routing of stanzas to wherever they belong. Every member is called on the
// shard's thread.

#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"
#include "xmpp/routing/host.hpp"
#include "xmpp/routing/session_table.hpp"
#include "xmpp/stanza/stanza.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

class home;

// All homes of the process, so that one can hand work to another.
class homes {
public:
    explicit homes(runtime& shards) : runtime_(shards) {}
    void add(std::unique_ptr<home> h);
    home& at(unsigned shard) { return *homes_[shard]; }
    runtime& shards() { return runtime_; }
    std::size_t size() const { return homes_.size(); }
    void clear() { homes_.clear(); }

private:
    runtime& runtime_;
    std::vector<std::unique_ptr<home>> homes_;
};

// A receiver that is no user of a local domain: a component, another server, another node. Routing ends in
// one.
class route {
public:
    virtual void deliver(stanza s) = 0;

protected:
    ~route() = default;
};

class home {
public:
    home(homes& all, shard& here);
    ~home();
    home(const home&) = delete;
    home& operator=(const home&) = delete;

    // While the core is put together.
    host& add_host(std::string host_type);
    void serve_domain(std::string domain, host& type);
    void add_route(std::string domain, route& to);

    // Sends a stanza with `from` and `to` set on its way. What cannot be delivered comes back as an error
    // where the RFC wants one.
    void route_stanza(stanza s);

    // The same for a user whose home this is: the delivery rules of RFC 6121, 8.5.
    void deliver_here(stanza s);

    // Returns the error to the sender; never for an error, an iq result, or (RFC 6121, 8.5) presence.
    void bounce(stanza s, const stanza_error& why);

    // Null for a domain not served.
    host* host_of(std::string_view domain) const;

    session_table& sessions() { return sessions_; }
    shard& here() { return shard_; }
    homes& all() { return all_; }
    bool is_home_of(std::string_view bare) const { return all_.shards().home_of(bare) == shard_.index(); }
    // For work nobody waits for, such as answering an iq that came from elsewhere; ends with the shard.
    task_group& background() { return background_; }

    std::uint64_t next_session_id() { return ++last_session_id_; }

private:
    void to_server(host& at, stanza s);
    void message_here(host& at, stanza s);
    void presence_here(host& at, stanza s);
    void iq_here(host& at, stanza s);
    static task<> answer_in_background(home* self, iq_target target, stanza request, host* at);

    homes& all_;
    shard& shard_;
    session_table sessions_;
    std::vector<std::unique_ptr<host>> hosts_;
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    boost::unordered_flat_map<std::string, host*, hash, std::equal_to<>> domains_;
    boost::unordered_flat_map<std::string, route*, hash, std::equal_to<>> routes_;
    std::uint64_t last_session_id_ = 0;
    task_group background_;
};

}  // namespace meerkat
