#pragma once
// The BOSH sessions that are on one shard, and where those have gone that were created on it. A session is
// created on the shard of the connection that asked for it, and moves with its stream to the home of its
// user.

#include "gateway/base/function.hpp"
#include "gateway/base/shard.hpp"
#include "handlers/bosh/session.hpp"
#include "handlers/bosh/session_name.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace meerkat::bosh {

// Called with a session on the shard where it is; with null where there is none.
using visit = unique_function<void(session*)>;

class sessions {
public:
    // By the sessions of other shards: as many as the runtime has shards.
    using by_shard = std::vector<std::unique_ptr<sessions>>;

    sessions(shard& here, const by_shard& all);
    ~sessions();
    sessions(const sessions&) = delete;
    sessions& operator=(const sessions&) = delete;

    shard& here() const { return here_; }

    // Null when there are too many that nobody has logged in to.
    session* create(agreement agreed, session_facts facts, std::shared_ptr<waiting_request> creator,
                    const session_name& name);
    session* find(std::string_view sid) const;
    // At once if the session is on this shard, or else by mail wherever it is. What is sent from one shard to
    // one session arrives in order.
    void reach(const session_name& name, visit call);

    // From a session: its user is known; it is over.
    void authenticated() { --unauthenticated_; }
    void remove(session& gone);

    // Moving, once: from the shard where it was created. What reaches for it in between waits.
    std::unique_ptr<session> give_up(session& leaving);
    void take(std::unique_ptr<session> arriving);

private:
    struct table;

    sessions& at(unsigned shard) const { return *all_[shard]; }
    void reach_born_here(const session_name& name, visit call);
    void moved(const session_name& name, unsigned to);

    shard& here_;
    const by_shard& all_;
    std::unique_ptr<table> table_;
    std::size_t unauthenticated_ = 0;
};

}  // namespace meerkat::bosh
