#pragma once
// The part of [general] that the XMPP core reads: who is served and how sessions replace each other. The
// process's own part (logs, shards, folders) is gateway/process_options.hpp.

#include "config/values.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

struct general_options {
    std::vector<std::string> hosts;  // prepared, at least one, each once
    std::vector<std::string> host_types;
    std::string default_server_domain;  // prepared; stands in where a client names no domain
    // Seconds between two registrations from one address.
    limit<std::chrono::seconds> registration_timeout{std::chrono::seconds(600)};
    std::string language = "en";
    std::chrono::milliseconds replaced_wait_timeout{2000};
    // Of the hosts that have their own (host_config).
    std::map<std::string, std::chrono::milliseconds, std::less<>> own_replaced_wait_timeout;
    bool hide_service_name = false;

    std::chrono::milliseconds replaced_wait_timeout_of(std::string_view host) const;
};

config::table<general_options> general_table();

}  // namespace meerkat
