#pragma once
// [services.service_bosh] at work: the BOSH sessions of all shards, whatever handlers their requests come by.

#include "gateway/base/swapped.hpp"
#include "handlers/bosh/bosh_options.hpp"
#include "handlers/bosh/session.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat {

class bosh_service {
public:
    // Null options: it is switched off, and there are no new sessions.
    bosh_service(runtime& shards, std::shared_ptr<const bosh_service_options> options);

    // Holds for sessions from now on.
    void use(std::shared_ptr<const bosh_service_options> next) { options_.set(std::move(next)); }
    std::shared_ptr<const bosh_service_options> options() const { return options_.get(); }

    // Of one shard; to be used there.
    bosh::sessions& at(unsigned shard) { return *by_shard_[shard]; }

    // A name for a new session of a shard: the shard, and bits that nobody can guess.
    static std::string make_sid(unsigned shard);
    // The shard it names; what lies beyond the last one is no name of ours.
    unsigned shard_of(std::string_view sid) const;
    unsigned shards() const { return static_cast<unsigned>(by_shard_.size()); }

private:
    swapped<bosh_service_options> options_;
    std::vector<std::unique_ptr<bosh::sessions>> by_shard_;
};

}  // namespace meerkat
