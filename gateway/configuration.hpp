#pragma once
// The whole configuration: every area's options joined, read from one file, checked across sections.
// Immutable once made and shared by all.

#include "config/diagnostic.hpp"
#include "gateway/process_options.hpp"
#include "handlers/http_listener_options.hpp"
#include "handlers/stream/c2s_options.hpp"
#include "xmpp/access/access_options.hpp"
#include "xmpp/auth/auth_options.hpp"
#include "xmpp/general_options.hpp"
#include "xmpp/modules/modules_options.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

struct listen_options {
    std::vector<c2s_listener_options> c2s;
    std::vector<http_listener_options> http;
};

struct configuration {
    general_options general;
    process_options process;
    listen_options listen;
    auth_options auth;
    access_options access;
    modules_options modules;
};

config::table<configuration> configuration_table();

// What reading a file gives. `value` is there when the file is right, even if this release cannot serve all
// of it.
struct configuration_reading {
    std::optional<configuration> value;
    config::diagnostics findings;  // in the order of the file

    bool accepted() const { return value.has_value(); }
    // False also when the file asks for something this release lacks and must not do without.
    bool servable() const;
};

// `file` is only the name that findings carry.
configuration_reading read_configuration(std::string_view text, std::string_view file);
configuration_reading load_configuration(const std::filesystem::path& file);

// Every option there is, as Markdown.
std::string reference_markdown();

}  // namespace meerkat
