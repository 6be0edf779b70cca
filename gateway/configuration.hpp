#pragma once
// The whole configuration: every area's options joined, read from one file, checked across sections.
// Immutable once made and shared by all.

#include "config/comments.hpp"
#include "config/diagnostic.hpp"
#include "config/document.hpp"
#include "config/effective.hpp"
#include "config/generation.hpp"
#include "gateway/host_options.hpp"
#include "gateway/process_options.hpp"
#include "gateway/services_options.hpp"
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
    services_options services;
    std::vector<host_options> host_config;

    // What holds for a served domain: the above and its own entries of host_config.
    host_view for_host(std::string_view host) const;
};

config::table<configuration> configuration_table();

// What reading a file gives. `value` is there when the file is right, even if this release cannot serve all
// of it.
struct configuration_reading {
    std::optional<configuration> value;
    config::diagnostics findings;  // in the order of the file
    // Which release the file was taken for, and the file in today's spelling; unset when it is no TOML.
    config::generation generation;
    std::optional<config::node> modern;
    config::comments comments;           // of the text, for those who write it anew
    config::effective_values effective;  // by path

    bool accepted() const { return value.has_value(); }
    // False also when the file asks for something this release lacks and must not do without.
    bool servable() const;
};

// `file` is only the name that findings carry; `as` overrides which release it is taken for.
configuration_reading read_configuration(std::string_view text, std::string_view file,
                                         std::optional<config::release> as = {});
configuration_reading load_configuration(const std::filesystem::path& file,
                                         std::optional<config::release> as = {});

// The text of a configuration file, or a finding that says why it cannot be read.
std::optional<std::string> read_file_text(const std::filesystem::path& file, config::diagnostics& findings);

// Every option there is, as Markdown.
std::string reference_markdown();
// The same as a JSON Schema, for editors.
std::string reference_json_schema();

}  // namespace meerkat
