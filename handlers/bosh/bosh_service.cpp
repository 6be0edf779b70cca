#include "handlers/bosh/bosh_service.hpp"

namespace meerkat {

bosh_service::bosh_service(runtime& shards, std::shared_ptr<const bosh_service_options> options)
    : options_(std::move(options)) {
    for (unsigned i = 0; i < shards.size(); ++i)
        by_shard_.push_back(std::make_unique<bosh::sessions>(shards.at(i), by_shard_));
}

}  // namespace meerkat
