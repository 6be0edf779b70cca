#pragma once
// What every HTTP handler's table begins with: the host and the path it is mounted at.

#include "config/table.hpp"

#include <optional>
#include <string>

namespace meerkat {

// A handler's own options and where it is mounted.
template <class Options>
struct mounted {
    std::string host;
    std::string path;
    Options options;
};

inline config::shape<std::string> mount_path() {
    return config::prepared_text(
        "a path that begins with \"/\", or \"_\" for every path", "invalid_path",
        [](const std::string& s) -> std::optional<std::string> {
            const bool sound = s.starts_with('/') || s == "_" || s == "*" || s == "[...]";
            if (!sound) return std::nullopt;
            return s;
        },
        "/path");
}

template <class Options>
config::table<mounted<Options>> mounted_table(const config::table<Options>& own) {
    using m = mounted<Options>;
    config::table<m> t{
        config::required(
            "host", &m::host, config::non_empty_text(),
            "The host name asked for; \"_\" for any, or a pattern such as \":name.example.org\"."),
        config::required("path", &m::path, mount_path(),
                         "The path; \":name\" is one segment, \"[...]\" the rest."),
    };
    t.include(&m::options, own);
    return t;
}

}  // namespace meerkat
