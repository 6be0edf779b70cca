#pragma once
// Changes the running server to another configuration, all or nothing: a file with errors, an option that
// needs a restart, or a certificate that cannot be used leaves everything as it was. Any thread but a
// shard's, because it reads files; one reload at a time.

#include "config/effective.hpp"
#include "gateway/configuration.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace meerkat {

class core;
class listeners;

// Where the running configuration came from.
struct configuration_source {
    config::effective_values values;               // what it amounts to
    std::function<configuration_reading()> again;  // reads the file once more; empty: there is no file
};

struct reload_report {
    std::vector<std::string> changed;   // paths of options
    std::vector<std::string> problems;  // sentences; when there is one, nothing was changed
    bool applied() const { return problems.empty(); }
};

class reloader {
public:
    // Both outlive it.
    reloader(core& server, listeners& listening, configuration_source source);

    // Reads the file again and applies it.
    reload_report reload();
    // Applies another configuration.
    reload_report apply(configuration_reading next);
    // Reads certificates and keys again where the running configuration names them.
    reload_report renew_certificates();
    // Waits for the change under way; none comes after it.
    void close();

private:
    reload_report change_to(configuration_reading next);

    core& core_;
    listeners& listeners_;
    std::mutex mutex_;
    configuration_source source_;
    bool closed_ = false;
};

// The files with certificates and keys that listeners name.
std::vector<std::filesystem::path> certificate_files(const configuration& settings);

}  // namespace meerkat
