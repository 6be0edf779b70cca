#include "gateway/control/control_server.hpp"

#include "gateway/base/log.hpp"
#include "gateway/control/control_request.hpp"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <utility>

namespace meerkat {

namespace {

constexpr std::size_t most_guests = 16;
constexpr int waiting_guests = 16;
constexpr std::size_t queued_commands = 16;
constexpr milliseconds request_time{10'000};   // from one answer to the end of the next request
constexpr milliseconds answer_time{10'000};    // for the peer to take an answer
constexpr milliseconds command_time{60'000};   // for a command to begin
constexpr milliseconds after_exhaustion{100};  // until some descriptors are free again

std::string reason() { return std::strerror(errno); }

bool same_user(int descriptor) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

struct control_server::guest {
    explicit guest(std::unique_ptr<net::byte_stream> connected) : stream(std::move(connected)) {
        due.calls<&guest::too_slow>(*this);
    }
    void too_slow() { stream->close(); }
    void arm(milliseconds after) { due.arm(shard::current().deadlines(), after); }

    // Until a line is there. False at the connection's end, or when the line is too long.
    task<bool> read_line() {
        while (received.find('\n') == std::string::npos) {
            if (received.size() > control_request::largest) co_return false;
            const std::span<char> buffer = shard::current().read_buffer();
            const net::io_result got = stream->read(buffer);
            if (got.status == net::io_status::done) {
                received.append(buffer.data(), got.bytes);
                continue;
            }
            if (got.status != net::io_status::would_block) co_return false;
            const bool ready = co_await stream->readable();
            if (!ready) co_return false;
        }
        co_return true;
    }

    std::string take_line() {
        const std::size_t end = received.find('\n');
        std::string line = received.substr(0, end);
        received.erase(0, end + 1);
        return line;
    }

    task<bool> write(std::string text) {
        for (std::string_view left = text; !left.empty();) {
            const net::io_result written = stream->write({&left, 1});
            if (written.status == net::io_status::done) {
                left.remove_prefix(written.bytes);
                continue;
            }
            if (written.status != net::io_status::would_block) co_return false;
            const bool ready = co_await stream->writable();
            if (!ready) co_return false;
        }
        co_return true;
    }

    std::unique_ptr<net::byte_stream> stream;
    std::string received;
    deadline due;
};

result<std::unique_ptr<control_server>> control_server::bind(shard& home,
                                                             const std::filesystem::path& socket) {
    auto listening = net::listen_at(socket, S_IRUSR | S_IWUSR, waiting_guests);
    if (listening.has_error()) return listening.error();
    return std::unique_ptr<control_server>(new control_server(home, std::move(*listening)));
}

control_server::control_server(shard& home, net::unix_socket socket)
    : home_(home), socket_(std::move(socket)), worker_("control", 1, queued_commands), group_(home) {
    rest_.calls<&event::notify>(rested_);
}

control_server::~control_server() = default;

void control_server::add(std::string name, command does) {
    commands_.insert_or_assign(std::move(name), std::move(does));
}

void control_server::start() {
    home_.all().post(home_.index(), [this] {
        door_ = net::make_plain_stream(home_, socket_.descriptor.release(), {}, {});
        group_.spawn_closable(accept_all(this));
    });
}

void control_server::stop() {
    socket_.file.reset();
    home_.all().post(home_.index(), [this] {
        stopping_ = true;
        if (door_) door_->close();
        rested_.notify();
        for (guest* const each : guests_) each->stream->close();
    });
}

task<> control_server::join() { co_await group_.join(); }

task<> control_server::accept_all(control_server* self) {
    while (!self->stopping_) {
        const int descriptor =
            ::accept4(self->door_->native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            self->admit(descriptor);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            co_await self->door_->readable();
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        log::error("control_socket_paused", {{"reason", reason()}});
        self->rest_.arm(self->home_.deadlines(), after_exhaustion);
        co_await self->rested_.wait();
    }
    self->rest_.disarm();
}

void control_server::admit(int descriptor) {
    auto stream = net::make_plain_stream(home_, descriptor, {}, {});
    if (!stream->is_open()) return;
    if (!same_user(descriptor)) {
        log::warning("control_socket_refused", {{"reason", "another user"}});
        return;
    }
    if (guests_.size() >= most_guests) return;
    group_.spawn_closable(serve(this, std::make_unique<guest>(std::move(stream))));
}

task<> control_server::serve(control_server* self, std::unique_ptr<guest> peer) {
    self->guests_.insert(peer.get());
    for (bool open = true; open;) {
        peer->arm(request_time);
        open = co_await peer->read_line();
        std::string text;
        if (open) {
            peer->due.disarm();
            auto line = peer->take_line();
            text = co_await self->answer(std::move(line));
        } else if (peer->received.size() > control_request::largest) {
            text = control_line(control_refusal(
                {"the request is longer than " + std::to_string(control_request::largest) + " bytes"}));
        }
        peer->arm(answer_time);
        const bool written = co_await peer->write(std::move(text));
        open = open && written;
    }
    self->guests_.erase(peer.get());
}

task<std::string> control_server::answer(std::string line) {
    auto request = parse_control_request(line);
    if (request.has_error()) co_return control_line(control_refusal({request.error().detail}));
    const auto found = commands_.find(request->command);
    if (found == commands_.end()) {
        std::string known;
        for (const auto& [name, does] : commands_) known += (known.empty() ? "" : ", ") + name;
        co_return control_line(
            control_refusal({"there is no command \"" + request->command + "\" here; there are: " + known}));
    }
    auto work = [does = found->second, content = std::move(request->content)] {
        return control_line(does(content));
    };
    auto outcome = co_await worker_.run(std::move(work), command_time);
    if (outcome.has_value()) co_return std::move(*outcome);
    co_return control_line(
        control_refusal({"the command was not run: " + std::string(to_string(outcome.error().code)) + ' ' +
                         outcome.error().detail}));
}

}  // namespace meerkat
