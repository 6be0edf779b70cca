#pragma once
// What reading a configuration found: one value per finding, for people (render) and for programs (the
// fields). Secrets never get in.

#include "config/values.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::config {

enum class severity : std::uint8_t {
    error,     // the file is wrong
    blocking,  // the file is right, but asks for something this release lacks and cannot leave out
    warning,   // the file works; this part has no effect, is an older spelling, or is probably not meant
};

std::string_view to_string(severity s);

struct diagnostic {
    severity level = severity::error;
    std::string file;
    config::place where;
    std::string path;    // keys joined by dots, without positions in arrays: listen.c2s.tls.certfile
    std::string reason;  // a stable word for programs: wrong_type, unexpected_key, ...
    std::string text;    // one sentence: what was found and what is allowed
    std::string hint;    // what to do; may be empty
};

using diagnostics = std::vector<diagnostic>;

// "meerkat.toml:12:8: error: listen.c2s.port: ... [out_of_range]", and the hint on a line of its own.
std::string render(const diagnostic& d);

// In the order of the file.
bool comes_before(const diagnostic& a, const diagnostic& b);

// True when none of them is an error.
bool acceptable(const diagnostics& findings);

}  // namespace meerkat::config
