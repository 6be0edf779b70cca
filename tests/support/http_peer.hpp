#pragma once
// An HTTP client made of raw bytes on one end of a socket pair, and handlers to talk to, for tests of what
// goes over the wire.

#include "gateway/base/event.hpp"
#include "gateway/http/server.hpp"
#include "tests/support/shard_runner.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

// Answers by a plain function, and remembers what it was asked.
class recording_handler final : public http::handler {
public:
    using function = std::function<http::response(const http::request&)>;
    explicit recording_handler(function answer, std::size_t limit = 0)
        : answer_(std::move(answer)), limit_(limit) {}

    std::size_t body_limit() const override { return limit_; }
    task<http::response> handle(const http::request& asked) override {
        seen.push_back(asked);
        if (wait_for != nullptr) co_await wait_for->wait();
        co_return answer_(asked);
    }

    std::vector<http::request> seen;
    event* wait_for = nullptr;

private:
    function answer_;
    std::size_t limit_;
};

class http_peer {
public:
    http_peer(http::server& server, shard& home) {
        auto pair = net::make_stream_pair(home);
        stream_ = std::move(pair.theirs);
        server.serve(std::move(pair.ours), nullptr);
    }

    void send(std::string_view bytes) { stream_->write({&bytes, 1}); }
    void close() { stream_->close(); }
    void end() { stream_->shutdown_write(); }
    net::byte_stream& stream() { return *stream_; }

    // Until that much has come, or the server has ended the connection.
    task<std::string> read(std::size_t size) {
        while (received_.size() < size && !ended_) co_await read_some();
        const std::size_t part = std::min(size, received_.size());
        std::string taken = received_.substr(0, part);
        received_.erase(0, part);
        co_return taken;
    }

    // One answer, with its Date made equal to "D" and its body by Content-Length.
    task<std::string> read_answer(bool without_body = false) {
        std::size_t end = std::string::npos;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos && !ended_) co_await read_some();
        if (end == std::string::npos) co_return received_;
        std::string head = received_.substr(0, end + 4);
        received_.erase(0, end + 4);
        const std::size_t date = head.find("Date: ");
        if (date != std::string::npos) head.replace(date + 6, head.find("\r\n", date) - date - 6, "D");
        const std::size_t length = head.find("Content-Length: ");
        if (length == std::string::npos || without_body) co_return head;
        const std::string body = co_await read(std::stoul(head.substr(length + 16)));
        co_return head + body;
    }

    // Whether the server ends the connection without another byte.
    task<bool> read_end() {
        while (!ended_ && received_.empty()) co_await read_some();
        co_return ended_&& received_.empty();
    }

private:
    task<> read_some() {
        char buffer[65536];
        const net::io_result got = stream_->read(buffer);
        if (got.status == net::io_status::done) {
            received_.append(buffer, got.bytes);
        } else if (got.status == net::io_status::would_block) {
            co_await stream_->readable();
        } else {
            ended_ = true;
        }
    }

    std::unique_ptr<net::byte_stream> stream_;
    std::string received_;
    bool ended_ = false;
};

inline std::shared_ptr<const http::site> make_site(std::vector<http::route> list,
                                                   http::server_settings settings = {}) {
    auto made = http::routes::make(std::move(list));
    return std::make_shared<const http::site>(http::site{std::move(*made), std::move(settings)});
}

}  // namespace meerkat::testing
