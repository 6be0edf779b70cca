#pragma once
// A server inside the test's process, made from the listeners and options that a test writes out itself; for
// what is the same on all listeners there is test_server.

#include "gateway/app.hpp"
#include "tests/support/temporary_directory.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace meerkat::testing {

class served_text {
public:
    // `text` follows a [general] section, so that it may begin with options of that.
    explicit served_text(const std::string& text);
    ~served_text();
    served_text(const served_text&) = delete;
    served_text& operator=(const served_text&) = delete;

    // Why the server did not start; empty: it runs.
    const std::string& refusal() const { return refusal_; }
    // What SIGHUP does, with a file that says this instead.
    reload_report reload(const std::string& text);
    app& running() { return *app_; }
    // In the order of the file, listeners for clients before those for HTTP.
    std::uint16_t port(std::size_t listener = 0) const { return app_->addresses().at(listener).port; }

private:
    configuration_reading read() const;

    temporary_directory folder_;
    std::mutex mutex_;
    std::string text_;
    std::string refusal_;
    std::unique_ptr<app> app_;
};

// Both kinds of listeners on any port of that address; what follows belongs to them.
std::string listener(const std::string& kind, const std::string& ip_address = "127.0.0.1",
                     std::uint16_t port = 0);

// The answer to a GET, whole.
std::string http_get(std::uint16_t port, const std::string& host, const std::string& path,
                     const std::string& fields = {});
// Its status.
std::string http_status(std::uint16_t port, const std::string& host, const std::string& path,
                        const std::string& fields = {});

}  // namespace meerkat::testing
