#pragma once
// The handlers of one HTTP listener, made from their options; and made over when these change.

#include "gateway/base/error.hpp"
#include "gateway/base/preparation.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/net/address_limits.hpp"
#include "handlers/bosh/bosh_service.hpp"
#include "handlers/http_listener_options.hpp"
#include "handlers/static_files/static_files.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

// Bytes per second by the shaper's name; 0: no bound.
using shaper_rates = std::function<std::uint64_t(const std::string& shaper)>;

// What handlers are made from; all outlive the listener.
struct handler_surroundings {
    net::address_limits& addresses;
    std::function<client_streams&(unsigned shard)> streams;
    bosh_service& bosh;
    std::function<bool()> ready;
    std::function<std::vector<static_file>(std::string_view name)> bundle;  // empty: there is no such page
};

struct mounted_handler {
    std::string place;  // its type, host and path: the same place is the same handler
    std::shared_ptr<http::handler> handler;
    // Readies a change to other options, those who are served included. Empty: a change makes a new one.
    std::function<void(const http_handler_options& next, const shaper_rates& rates, preparation& change)>
        change;
};
using mounted_handlers = std::vector<mounted_handler>;  // in the order of the file

// Those that run already and can be changed are taken over, and their change is readied.
result<mounted_handlers> mount(const http_listener_options& options, const handler_surroundings& around,
                               const shaper_rates& rates, const mounted_handlers& running,
                               preparation& change);

// invalid: a pattern is malformed.
result<http::routes> routes_to(const mounted_handlers& mounted, const http_listener_options& options);

}  // namespace meerkat
