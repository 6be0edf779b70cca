#include "handlers/bosh/session_name.hpp"

#include "gateway/base/digest.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

namespace meerkat::bosh {

session_name::session_name(std::string_view text, unsigned birthplace) : text_(), birthplace_(birthplace) {
    std::copy_n(text.begin(), std::min(text.size(), text_.size()), text_.begin());
}

session_name session_name::make(unsigned shard) {
    constexpr std::string_view digits = "0123456789abcdef";
    return {std::string{digits[shard / 16 % 16], digits[shard % 16]} + random_hex(random_bytes), shard};
}

std::optional<session_name> session_name::read(std::string_view sid, unsigned shards) {
    unsigned shard = 0;
    if (sid.size() != shard_digits + 2 * random_bytes) return std::nullopt;
    const auto [stop, failed] = std::from_chars(sid.data(), sid.data() + shard_digits, shard, 16);
    if (failed != std::errc() || stop != sid.data() + shard_digits || shard >= shards) return std::nullopt;
    return session_name(sid, shard);
}

std::size_t session_name::hash::operator()(const session_name& name) const {
    return std::hash<std::string_view>{}(name.text());
}

}  // namespace meerkat::bosh
