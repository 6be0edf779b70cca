#pragma once
// The running server: core and listeners, from the first bind to the last connection closed.

#include "gateway/configuration.hpp"
#include "gateway/core.hpp"
#include "gateway/listeners.hpp"
#include "gateway/reload/reloader.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat {

class control_server;
class file_watcher;

class app {
public:
    // Binds everything; nobody is served yet. The error's detail is a sentence for the administrator.
    // Without a source nothing can be reloaded. `inherited` are sockets that somebody else has bound already.
    static result<std::unique_ptr<app>> make(const std::shared_ptr<const configuration>& settings,
                                             configuration_source source = {},
                                             std::vector<net::listening_sockets> inherited = {});
    ~app();

    void start_shards();
    // Accepts from now on. Writes data_dir/addresses.json: where everything listens.
    void start_listening();

    // Reads the configuration file again and applies what has changed, all or nothing; tells the log and the
    // service manager. What a command over the control socket does too. Any thread but a shard's.
    reload_report reload();

    // Tells the log of listeners whose certificates are soon no longer good. Done at the start; to be done
    // once a day. Any thread.
    void warn_of_expiry();

    // Stops accepting, ends all streams (RFC 6120, system-shutdown; WebSocket 1001), waits at most `grace`
    // for those who do not close, and joins the shards. From the main thread.
    void stop(std::chrono::milliseconds grace);

    core& server() { return *core_; }
    std::shared_ptr<const configuration> settings() const { return core_->settings(); }
    std::vector<bound_address> addresses() const { return listeners_->addresses(); }

private:
    app(std::unique_ptr<core> made, std::unique_ptr<listeners> listening, configuration_source source);
    void open_control();
    void watch_certificates();
    void renew_certificates();
    void announce_addresses(const std::vector<bound_address>& before) const;
    void write_addresses() const;
    static task<> end_streams(app* self, unsigned shard, std::chrono::milliseconds grace);
    static task<> end_connections(app* self, unsigned shard, std::chrono::milliseconds grace);

    std::unique_ptr<core> core_;
    std::unique_ptr<listeners> listeners_;
    std::unique_ptr<reloader> reloader_;
    std::unique_ptr<control_server> control_;     // null where the folder admits none
    std::unique_ptr<file_watcher> certificates_;  // null while nobody is served
    struct shutdown;
    std::unique_ptr<shutdown> shutdown_;
    bool running_ = false;
};

}  // namespace meerkat
