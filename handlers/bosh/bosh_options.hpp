#pragma once
// One [[listen.http.handlers.mongoose_bosh_handler]], and [services.service_bosh] which all of them share:
// XMPP over HTTP requests, XEP-0124 and XEP-0206.

#include "config/values.hpp"
#include "xmpp/stream/client_options.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

struct bosh_options {
    client_options client;
};

struct bosh_service_options {
    limit<std::chrono::seconds> inactivity{std::chrono::seconds(30)};
    limit<std::chrono::seconds> max_wait = limit<std::chrono::seconds>::infinity();
    std::chrono::seconds max_pause{120};
    bool server_acks = false;
    std::optional<std::vector<std::string>> host_types;  // unset: all
    std::chrono::seconds wait_cap{55};
};

config::table<bosh_options> bosh_table();
config::table<bosh_service_options> bosh_service_table();

}  // namespace meerkat
