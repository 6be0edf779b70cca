#include "gateway/http/connection.hpp"

#include "gateway/base/log.hpp"
#include "gateway/http/chunked_body.hpp"
#include "gateway/http/make_request.hpp"
#include "gateway/http/response_head.hpp"

#include <exception>
#include <utility>

namespace meerkat::http {

namespace {

// What a deadline without progress counts as progress: a peer that sends byte by byte makes none.
constexpr std::size_t progress = 4 * 1024;

// What is read and dropped after the last answer, so that a reset does not overtake it.
constexpr std::size_t linger_limit = 64 * 1024;

// Memory for a body is claimed as it comes, not as it is announced.
constexpr std::size_t first_reservation = 64 * 1024;

// What is read ahead of a request that waits for its answer. A client that sent more has not gone; if it goes
// then, writing tells.
constexpr std::size_t most_ahead = 64 * 1024;

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

connection::connection(const server& owner, std::unique_ptr<net::byte_stream> stream,
                       std::shared_ptr<void> token)
    : owner_(owner), site_(owner.present()), stream_(std::move(stream)), token_(std::move(token)) {
    due_.calls<&connection::expired>(*this);
}

connection::connection(const server& owner, moving_connection arrived)
    : connection(owner, std::move(arrived.stream), std::move(arrived.token)) {
    received_ = std::move(arrived.received);
    home_ = arrived.home;
    requests_ = arrived.requests;
}

connection::~connection() {
    if (watched_) *watched_ = nullptr;
}

task<> connection::run() {
    for (bool more = true; more && !closing_ && !move_to_;) more = co_await serve_one();
    due_.disarm();
    if (move_to_ && !closing_)
        move_to(*move_to_);
    else
        close();
}

// The connection's last act here.
void connection::move_to(unsigned shard) {
    if (watched_) *std::exchange(watched_, nullptr) = nullptr;
    if (looking_out_) stream_->cancel_waits();
    stream_->detach();
    owner_.send_to(shard, {std::move(stream_), std::move(token_), std::move(received_), requests_, home_});
}

void connection::finish_soon() {
    closing_ = true;
    disturb(disturbance::draining);
    if (idle_ && stream_) stream_->cancel_waits();
}

void connection::close() {
    closing_ = true;
    if (stream_) stream_->close();
}

// True when another request may follow.
task<bool> connection::serve_one() {
    ++requests_;
    head_reader reader(settings().limits);
    const outcome head_came = co_await read_head(reader);
    if (head_came == outcome::lost) co_return false;
    if (head_came == outcome::refused) {
        auto refusal = plain_response(refusal_);
        co_await refuse(std::move(refusal));
        co_return false;
    }
    received_.erase(0, reader.size());
    // A connection may outlast several configurations, and have waited long for this request.
    site_ = owner_.present();
    request_head& head = reader.head();
    const bool without_body = head.method == "HEAD";
    version_ = head.version;
    if (settings().compress) preferred_ = preferred_coding(head.fields);
    keep_alive_ = head.keep_alive && requests_ < settings().requests_per_connection;

    auto found = site_->routes.find(head.host, head.path, head.segments);
    if (!found) {
        if (head.framing != body_framing::none) keep_alive_ = false;
        auto not_found = plain_response(404);
        co_return co_await answer(std::move(not_found), without_body);
    }
    std::string body;
    const outcome body_came = co_await read_body(head, found->handler->body_limit(), body);
    if (body_came == outcome::lost) co_return false;
    if (body_came == outcome::refused) {
        auto refusal = found->handler->refusal(refusal_);
        co_await refuse(std::move(refusal));
        co_return false;
    }
    request asked = make_request(std::move(head), *stream_);
    if (!name_client(asked)) {
        auto refusal = found->handler->refusal(400);
        co_await refuse(std::move(refusal));
        co_return false;
    }
    asked.body = std::move(body);
    asked.bindings = std::move(found->bindings);
    asked.rest = std::move(found->rest);
    due_.disarm();
    auto given = co_await ask(*found->handler, asked);
    const auto served_at = given.served_at;
    if (watcher_ && hung_up()) {
        disturb(disturbance::gone);
        co_return false;
    }
    const bool more = co_await answer(std::move(given), without_body);
    if (more && served_at && owner_.has_siblings())
        move_to_ = home_.served(*served_at, shard::current().index());
    co_return more;
}

task<connection::outcome> connection::read_head(head_reader& reader) {
    late_ = false;
    arm(received_.empty() && requests_ > 1 ? settings().idle : settings().head);
    for (;;) {
        const auto state = reader.read(received_);
        if (state == head_reader::state::complete) co_return outcome::proceed;
        if (state == head_reader::state::refused) {
            refusal_ = reader.status();
            co_return outcome::refused;
        }
        idle_ = received_.empty();
        if (idle_) std::string().swap(received_);
        const bool more = co_await fill();
        const bool began = std::exchange(idle_, false);
        if (!more) {
            if (!late_ || received_.empty()) co_return outcome::lost;
            refusal_ = 408;
            co_return outcome::refused;
        }
        if (began && requests_ > 1) arm(settings().head);
    }
}

task<connection::outcome> connection::read_body(const request_head& head, std::size_t limit,
                                                std::string& body) {
    if (head.framing == body_framing::none) co_return outcome::proceed;
    if (limit == 0 || (head.framing == body_framing::length && head.content_length > limit)) {
        refusal_ = 413;
        co_return outcome::refused;
    }
    arm(settings().body);
    if (head.expects_continue && received_.empty()) {
        std::string_view piece = go_on;
        const std::span<std::string_view> pieces(&piece, 1);
        const bool written = co_await write(pieces);
        if (!written) co_return outcome::lost;
        arm(settings().body);
    }
    if (head.framing == body_framing::chunked) co_return co_await read_chunked(limit, body);
    co_return co_await read_sized(head.content_length, body);
}

task<connection::outcome> connection::read_sized(std::uint64_t length, std::string& body) {
    body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(length, first_reservation)));
    std::size_t armed_at = 0;
    for (;;) {
        const auto part =
            static_cast<std::size_t>(std::min<std::uint64_t>(length - body.size(), received_.size()));
        body.append(received_, 0, part);
        received_.erase(0, part);
        if (body.size() == length) co_return outcome::proceed;
        if (body.size() - armed_at >= progress) {
            armed_at = body.size();
            arm(settings().body);
        }
        const bool more = co_await fill();
        if (more) continue;
        refusal_ = 408;
        co_return late_ ? outcome::refused : outcome::lost;
    }
}

task<connection::outcome> connection::read_chunked(std::size_t limit, std::string& body) {
    chunked_body reader(limit);
    std::size_t armed_at = 0;
    for (;;) {
        std::string_view rest = received_;
        const auto state = reader.read(rest, body);
        received_.erase(0, received_.size() - rest.size());
        if (state == chunked_body::state::complete) co_return outcome::proceed;
        if (state == chunked_body::state::refused) {
            refusal_ = reader.status();
            co_return outcome::refused;
        }
        if (body.size() - armed_at >= progress) {
            armed_at = body.size();
            arm(settings().body);
        }
        const bool more = co_await fill();
        if (more) continue;
        refusal_ = 408;
        co_return late_ ? outcome::refused : outcome::lost;
    }
}

task<response> connection::ask(handler& asked_one, request& asked) {
    try {
        client_line& line = *this;
        response given = co_await asked_one.handle_late(asked, line);
        co_return given;
    } catch (const std::exception& e) {
        log::error("http_handler_failed", {{"path", asked.path}, {"reason", e.what()}});
    }
    watcher_ = nullptr;
    co_return plain_response(500);
}

bool connection::watch(unique_function<void(disturbance)> call) {
    if (closing_) return false;
    watcher_ = std::move(call);
    look_out();
    return true;
}

// A look-out may outlive the request it was for; it then serves the next one that is watched.
void connection::look_out() {
    if (received_.size() >= most_ahead || std::exchange(looking_out_, true)) return;
    if (!watched_) watched_ = std::make_shared<connection*>(this);
    stream_->when_readable([self = watched_](bool ready) {
        if (*self != nullptr) (*self)->looked_out(ready);
    });
}

void connection::looked_out(bool ready) {
    looking_out_ = false;
    if (!watcher_) return;
    if (!ready || hung_up()) return disturb(disturbance::gone);
    look_out();
}

// Whether the client is there no more; it may have gone in this very turn. Its next request may come ahead.
bool connection::hung_up() {
    if (received_.size() >= most_ahead) return false;
    const std::span<char> buffer = shard::current().read_buffer();
    const net::io_result got = stream_->read(buffer);
    if (got.status == net::io_status::done) received_.append(buffer.data(), got.bytes);
    return got.status != net::io_status::done && got.status != net::io_status::would_block;
}

void connection::disturb(disturbance what) {
    if (!watcher_) return;
    auto call = std::exchange(watcher_, nullptr);
    call(what);
}

// True when the connection goes on.
task<bool> connection::answer(response given, bool without_body) {
    if (closing_) keep_alive_ = false;
    const bool switching = given.status == 101;
    if (given.status < 101 || given.status > 599 || switching != static_cast<bool>(given.take_over)) {
        log::error("http_answer_refused", {{"status", given.status}});
        given = plain_response(500);
    } else if (switching && without_body) {
        given = plain_response(400);  // HEAD asks about a page, not for a switch
    }
    if (settings().compress) code_answer(given, preferred_);
    const std::string_view body = given.body.empty() ? given.static_body : std::string_view(given.body);
    head_facts facts;
    facts.server_name = settings().server_name;
    facts.content_length = body.size();
    facts.keep_alive = keep_alive_;
    facts.request_version = version_;
    const std::string head = make_response_head(given, facts);
    std::string_view pieces[] = {head,
                                 without_body || !may_have_body(given.status) ? std::string_view() : body};
    const bool written = co_await write(pieces);
    if (!written) {
        disturb(disturbance::gone);
        co_return false;
    }
    watcher_ = nullptr;  // from here on nobody can tell what the client has seen
    if (given.take_over) co_return take_over(std::move(given));
    if (keep_alive_) co_return true;
    co_await linger();
    co_return false;
}

task<bool> connection::refuse(response refusal) {
    keep_alive_ = false;
    co_return co_await answer(std::move(refusal), false);
}

// Who is in front of the proxies. What TLS says of the connection is said of the nearest one of them then.
bool connection::name_client(request& asked) {
    auto found = find_client(asked.fields, stream_->peer(), settings().trusted_proxies);
    if (found.has_error()) {
        log::info("http_client_unknown", {{"ip", stream_->peer().ip}, {"reason", found.error().detail}});
        return false;
    }
    forwarded_ = std::move(*found);
    if (!forwarded_) return true;
    asked.peer = forwarded_->peer;
    asked.encrypted = forwarded_->encrypted;
    asked.certificate = nullptr;
    return true;
}

// The connection's last act: from here on it is somebody else's.
bool connection::take_over(response given) {
    due_.disarm();
    upgraded handed{std::move(stream_), std::move(received_), std::move(token_), {}};
    if (forwarded_) {
        handed.stream->set_peer(forwarded_->peer);
        handed.forwarded = forwarded_->encrypted;
    }
    given.take_over(std::move(handed));
    return false;
}

// More bytes into received_. False when the peer has ended, the stream failed, or the deadline passed.
task<bool> connection::fill() {
    for (;;) {
        const std::span<char> buffer = shard::current().read_buffer();
        const net::io_result got = stream_->read(buffer);
        if (got.status == net::io_status::done) {
            received_.append(buffer.data(), got.bytes);
            co_return true;
        }
        if (got.status != net::io_status::would_block) co_return false;
        const bool ready = co_await stream_->ready(got.wait_for);
        if (!ready || late_) co_return false;
    }
}

task<bool> connection::write(std::span<std::string_view> pieces) {
    late_ = false;
    arm(settings().write);
    for (;;) {
        while (!pieces.empty() && pieces.front().empty()) pieces = pieces.subspan(1);
        if (pieces.empty()) co_return true;
        const net::io_result written = stream_->write(pieces);
        if (written.status == net::io_status::done) {
            std::size_t left = written.bytes;
            for (std::string_view& piece : pieces) {
                const std::size_t part = std::min(left, piece.size());
                piece.remove_prefix(part);
                left -= part;
            }
            continue;
        }
        if (written.status != net::io_status::would_block) co_return false;
        arm(settings().write);
        const bool ready = co_await stream_->ready(written.wait_for);
        if (!ready || late_) co_return false;
    }
}

task<> connection::linger() {
    stream_->shutdown_write();
    late_ = false;
    arm(settings().linger);
    for (std::size_t dropped = 0; dropped < linger_limit; dropped += received_.size()) {
        received_.clear();
        const bool more = co_await fill();
        if (!more) break;
    }
}

void connection::arm(milliseconds after) { due_.arm(shard::current().deadlines(), after); }

void connection::expired() {
    late_ = true;
    if (stream_) stream_->cancel_waits();
}

}  // namespace meerkat::http
