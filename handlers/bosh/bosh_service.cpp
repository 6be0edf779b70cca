#include "handlers/bosh/bosh_service.hpp"

#include "gateway/base/digest.hpp"

#include <charconv>
#include <limits>

namespace meerkat {

namespace {

// The shard in two digits, then 19 random bytes.
constexpr std::size_t shard_digits = 2;
constexpr std::size_t random_size = 19;
constexpr std::size_t sid_size = shard_digits + 2 * random_size;

}  // namespace

bosh_service::bosh_service(runtime& shards, std::shared_ptr<const bosh_service_options> options)
    : options_(std::move(options)) {
    for (unsigned i = 0; i < shards.size(); ++i)
        by_shard_.push_back(std::make_unique<bosh::sessions>(shards.at(i)));
}

std::string bosh_service::make_sid(unsigned shard) {
    constexpr std::string_view digits = "0123456789abcdef";
    return std::string{digits[shard / 16 % 16], digits[shard % 16]} + random_hex(random_size);
}

unsigned bosh_service::shard_of(std::string_view sid) const {
    unsigned shard = 0;
    if (sid.size() != sid_size) return shards();
    const auto [stop, failed] = std::from_chars(sid.data(), sid.data() + shard_digits, shard, 16);
    if (failed != std::errc() || stop != sid.data() + shard_digits || shard >= shards()) return shards();
    return shard;
}

}  // namespace meerkat
