#pragma once
// One HTTP connection: its requests one after the other, each phase within its deadline. The server's own;
// nobody else includes this.

#include "gateway/base/deadline.hpp"
#include "gateway/http/content_coding.hpp"
#include "gateway/http/following.hpp"
#include "gateway/http/forwarded.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/http/server.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meerkat::http {

// A connection on its way to another shard.
struct moving_connection {
    std::unique_ptr<net::byte_stream> stream;
    std::shared_ptr<void> token;
    std::string received;
    unsigned requests;
    following home;
};

class connection final : client_line {
public:
    connection(const server& owner, std::unique_ptr<net::byte_stream> stream, std::shared_ptr<void> token);
    // Goes on with one that comes from another shard.
    connection(const server& owner, moving_connection arrived);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Until the connection has ended or was taken over.
    task<> run();

    // Closes it if it is idle, otherwise after the request under way.
    void finish_soon();
    void close();

private:
    enum class outcome : std::uint8_t { proceed, refused, lost };

    task<bool> serve_one();
    task<outcome> read_head(head_reader& reader);
    task<outcome> read_body(const request_head& head, std::size_t limit, std::string& body);
    task<outcome> read_sized(std::uint64_t length, std::string& body);
    task<outcome> read_chunked(std::size_t limit, std::string& body);
    task<response> ask(handler& asked_one, request& asked);
    bool watch(unique_function<void(disturbance)> call) override;
    void look_out();
    void looked_out(bool ready);
    bool hung_up();
    void disturb(disturbance what);
    task<bool> answer(response given, bool without_body);
    task<bool> refuse(response refusal);
    task<bool> fill();
    task<bool> write(std::span<std::string_view> pieces);
    task<> linger();
    bool name_client(request& asked);
    bool take_over(response given);
    void move_to(unsigned shard);
    void arm(milliseconds after);
    void expired();

    const server_settings& settings() const { return site_->settings; }

    const server& owner_;
    std::shared_ptr<const site> site_;  // that the request under way is served from
    std::unique_ptr<net::byte_stream> stream_;
    std::shared_ptr<void> token_;
    std::string received_;  // and not yet used
    deadline due_;
    unique_function<void(disturbance)> watcher_;  // of the handler under way
    std::shared_ptr<connection*> watched_;        // null within once this is gone
    following home_;
    std::optional<unsigned> move_to_;  // when the request under way has been answered
    unsigned requests_ = 0;
    unsigned refusal_ = 0;  // the status that goes with outcome::refused
    unsigned version_ = 11;
    coding preferred_ = coding::identity;        // for the answer
    std::optional<forwarded_client> forwarded_;  // of the request under way
    bool keep_alive_ = true;
    bool idle_ = false;
    bool closing_ = false;
    bool late_ = false;
    bool looking_out_ = false;
};

}  // namespace meerkat::http
