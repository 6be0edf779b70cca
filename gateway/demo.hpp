#pragma once
// `meerkat serve --demo`: a server to try out, on loopback only, with a self-made certificate and two
// accounts who know each other. Nothing of it is meant to be reached from elsewhere.

#include "gateway/app.hpp"
#include "gateway/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::demo {

struct settings {
    std::filesystem::path data_dir = "data/demo";
    bool random_ports = false;  // else the customary ones: 5222, 5223, 5280, 5285
};

struct account {
    std::string jid;
    std::string password;
};

// Makes the folder and the certificate and returns the configuration.
result<std::shared_ptr<const configuration>> make_configuration(const settings& how);

// Whether every listener is bound to a loopback address; else the demo refuses to start.
bool on_loopback_only(const configuration& c);

// Makes the two accounts, or, after a restart, finds them again by demo.json in the folder; each is in the
// other's roster. Called before anybody is served, with the shards running.
result<std::vector<account>> prepare_accounts(core& server, const std::filesystem::path& data_dir);

// Prints the addresses and what to try on standard output, and writes demo.json.
void announce(const app& server, const std::vector<account>& accounts, const std::filesystem::path& data_dir);

}  // namespace meerkat::demo
