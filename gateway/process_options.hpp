#pragma once
// The part of [general] that the process itself reads: logs, shards, folders, limits per address, the name
// the HTTP server gives itself.

#include "config/values.hpp"
#include "gateway/base/log.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace meerkat {

struct address_limit_options {
    limit<std::size_t> unauthenticated_per_address{64};
    limit<std::size_t> failed_logins_per_minute{20};
};

struct log_options {
    log::format format = log::format::logfmt;
};

struct process_options {
    log::level loglevel = log::level::warning;
    log_options log;
    std::filesystem::path data_dir = "data";
    std::optional<unsigned> shards;  // unset: one for each processor
    address_limit_options limits;
    std::optional<std::string> http_server_name;
    std::vector<std::string> trusted_proxies;  // networks, "10.0.0.0/8"
};

config::table<process_options> process_table();

}  // namespace meerkat
