#pragma once
// [modules]: one struct per module. A module is on when its table is written, also when it is empty.

#include "config/values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

struct server_info {
    std::string name;  // "abuse-addresses" and the like, XEP-0157
    std::vector<std::string> urls;
    std::optional<std::vector<std::string>> modules;  // unset: shown whoever answers
};

struct mod_disco_options {
    std::vector<std::string> extra_domains;
    std::vector<server_info> server_info;
};

enum class ping_timeout_action : std::uint8_t { none, kill };

struct mod_ping_options {
    bool send_pings = false;
    std::chrono::seconds ping_interval{60};
    ping_timeout_action timeout_action = ping_timeout_action::none;
    std::chrono::seconds ping_req_timeout{32};
};

enum class ip_policy : std::uint8_t { allow, deny };

struct ip_access_rule {
    std::string address;  // a network in its canonical form: "127.0.0.0/8", "::1/128"
    ip_policy policy = ip_policy::allow;
};

struct welcome_message_options {
    std::string subject;
    std::string body;
};

struct mod_register_options {
    std::string access = "all";
    std::vector<ip_access_rule> ip_access;  // the first that holds the address decides; none: allowed
    std::optional<welcome_message_options> welcome_message;
    std::vector<std::string> registration_watchers;  // prepared addresses
    std::uint32_t password_strength = 0;             // bits of entropy; 0: not asked for
};

enum class storage_backend : std::uint8_t { mnesia, cets, rdbms, riak };

struct mod_roster_options {
    bool versioning = false;
    bool store_current_id = false;
    storage_backend backend = storage_backend::mnesia;  // mnesia: the embedded database; never riak
};

struct mod_presence_options {};
struct mod_time_options {};

struct mod_version_options {
    bool os_info = false;
};

struct modules_options {
    std::optional<mod_disco_options> mod_disco;
    std::optional<mod_ping_options> mod_ping;
    std::optional<mod_presence_options> mod_presence;
    std::optional<mod_register_options> mod_register;
    std::optional<mod_roster_options> mod_roster;
    std::optional<mod_time_options> mod_time;
    std::optional<mod_version_options> mod_version;
};

config::table<modules_options> modules_table();

}  // namespace meerkat
