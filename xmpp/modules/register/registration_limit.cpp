#include "xmpp/modules/register/registration_limit.hpp"

#include <boost/asio/ip/address.hpp>

namespace meerkat {

namespace {

// An IPv6 host has a whole /64 to choose addresses from.
std::string network_of(std::string_view source) {
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(source, no_address);
    if (no_address || address.is_v4() || address.to_v6().is_v4_mapped()) return std::string(source);
    auto bytes = address.to_v6().to_bytes();
    for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = 0;
    return boost::asio::ip::make_address_v6(bytes).to_string();
}

}  // namespace

bool registration_limit::admit(std::string_view source, clock::time_point now) {
    std::string network = network_of(source);
    const std::lock_guard lock(mutex_);
    if (every_.is_infinite()) return true;
    forget_before(now - every_.value_or({}));
    const auto [place, first] = recent_.try_emplace(network, now);
    if (!first) return false;
    in_order_.push_back({now, std::move(network)});
    return true;
}

void registration_limit::set_time(limit<std::chrono::seconds> every) {
    const std::lock_guard lock(mutex_);
    every_ = every;
}

void registration_limit::take_back(std::string_view source) {
    const std::string network = network_of(source);
    const std::lock_guard lock(mutex_);
    recent_.erase(network);
}

void registration_limit::forget_before(clock::time_point then) {
    while (!in_order_.empty() && in_order_.front().when <= then) {
        const auto found = recent_.find(in_order_.front().source);
        // It may have been taken back and admitted again since.
        if (found != recent_.end() && found->second == in_order_.front().when) recent_.erase(found);
        in_order_.pop_front();
    }
}

}  // namespace meerkat
