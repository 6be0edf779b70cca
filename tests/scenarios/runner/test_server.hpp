#pragma once
// A whole server inside the test's process: made from configuration text as the program makes it, on ports
// that the system chose, with a folder and a certificate of its own.

#include "gateway/app.hpp"
#include "tests/support/temporary_directory.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat::testing {

// How a client reaches the server. All of them carry the same conversations.
enum class transport : std::uint8_t { tcp, compressed, starttls, tls, websocket, wss, bosh };
inline constexpr transport all_transports[] = {transport::tcp, transport::compressed, transport::starttls,
                                               transport::tls, transport::websocket,  transport::wss,
                                               transport::bosh};
std::string_view to_string(transport t);
constexpr bool is_websocket(transport t) { return t == transport::websocket || t == transport::wss; }

// What a test changes of the server's configuration, in lines of TOML.
struct server_settings {
    unsigned shards = 1;
    std::string general = {};    // of [general]
    std::string socket = {};     // of every listener
    std::string client = {};     // of every listener and handler that carries client streams
    std::string c2s = {};        // of every [[listen.c2s]]
    std::string websocket = {};  // of the WebSocket handlers
    unsigned zlib = 100'000;     // of the [[listen.c2s]] for compression
    std::string bosh = {};       // of [services.service_bosh]
    std::string auth = {};       // of [auth]
    std::string sections = {};   // whole sections
    std::string loglevel = "error";
    bool registration = true;
    bool without_listeners = false;  // but those in `sections`
};

class test_server {
public:
    explicit test_server(const server_settings& settings = {});
    ~test_server();
    test_server(const test_server&) = delete;
    test_server& operator=(const test_server&) = delete;

    std::uint16_t port(transport t) const;
    std::uint16_t port_with_required_tls() const { return required_; }
    std::uint16_t port_without_listeners_tls() const { return port(transport::tcp); }

    // Makes accounts: names and passwords.
    void make_accounts(const std::vector<std::pair<std::string, std::string>>& accounts);

    // Summed over the shards.
    stream_counters counters();
    std::size_t live_streams();

    // What SIGTERM does.
    void stop() { app_->stop(std::chrono::seconds(5)); }

    app& running() { return *app_; }

    // What SIGHUP does, with a file that says this instead.
    reload_report reload(const server_settings& settings);
    // What SIGHUP does, with the same file.
    reload_report reload() { return app_->reload(); }
    // Of every listener with TLS.
    std::filesystem::path certfile() const { return folder_ / "cert.pem"; }
    std::filesystem::path keyfile() const { return folder_ / "key.pem"; }
    std::filesystem::path data_dir() const { return folder_ / "data"; }

private:
    std::string configuration_text(const server_settings& settings) const;

    temporary_directory folder_;
    void find_ports();

    std::mutex mutex_;
    std::string text_;  // of the file
    std::unique_ptr<app> app_;
    // A reload may change them while clients connect.
    std::atomic<std::uint16_t> plain_ = 0, compressed_ = 0, starttls_ = 0, required_ = 0, tls_ = 0, http_ = 0,
                               https_ = 0;
};

}  // namespace meerkat::testing
