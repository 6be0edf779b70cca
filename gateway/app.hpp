#pragma once
// The running server: core and listeners, from the first bind to the last connection closed.

#include "gateway/configuration.hpp"
#include "gateway/core.hpp"
#include "gateway/listeners.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat {

class app {
public:
    // Binds everything; nobody is served yet. The error's detail is a sentence for the administrator.
    static result<std::unique_ptr<app>> make(std::shared_ptr<const configuration> settings);
    ~app();

    void start_shards();
    // Accepts from now on. Writes data_dir/addresses.json: where everything listens.
    void start_listening();

    // Stops accepting, ends all streams (RFC 6120, system-shutdown; WebSocket 1001), waits at most `grace`
    // for those who do not close, and joins the shards. From the main thread.
    void stop(std::chrono::milliseconds grace);

    core& server() { return *core_; }
    std::vector<bound_address> addresses() const { return listeners_->addresses(); }

private:
    app(std::unique_ptr<core> made, std::unique_ptr<listeners> listening);
    void write_addresses() const;
    static task<> drain(app* self, unsigned shard, std::chrono::milliseconds grace);

    std::unique_ptr<core> core_;
    std::unique_ptr<listeners> listeners_;
    struct shutdown;
    std::unique_ptr<shutdown> shutdown_;
    bool running_ = false;
};

}  // namespace meerkat
