#pragma once
// [services.service_bosh] at work: the BOSH sessions of all shards, whatever handlers their requests come by.

#include "gateway/base/swapped.hpp"
#include "handlers/bosh/bosh_options.hpp"
#include "handlers/bosh/sessions.hpp"

#include <memory>
#include <utility>

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
    unsigned shards() const { return static_cast<unsigned>(by_shard_.size()); }

private:
    swapped<bosh_service_options> options_;
    bosh::sessions::by_shard by_shard_;
};

}  // namespace meerkat
