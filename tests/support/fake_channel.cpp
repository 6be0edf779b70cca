#include "tests/support/fake_channel.hpp"

#include "tests/support/xmpp_fixture.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/writer.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace meerkat::testing {

namespace {

channel_event event_of(std::string_view text) {
    if (text == "!lost") return stream_lost{};
    if (text == "!overflow") return stream_overflowed{};
    if (text == "!garbled") return stream_garbled{};
    if (text == "!bad") return xml::read_failure{xml::violation::not_well_formed, "mismatched tag", false};
    if (text.starts_with("</stream")) return xml::stream_closed{};
    if (!text.starts_with("<stream")) return xml::element_read{test::parsed(text), text.size()};
    xml::reader from(xml::framing::stream, {});
    auto opened = from.next(text);
    if (!opened || !std::holds_alternative<xml::stream_opened>(*opened)) FAIL("no opening tag");
    return std::move(std::get<xml::stream_opened>(*opened));
}

}  // namespace

void fake_client::sends(std::string_view text) {
    channel_event read = event_of(text);
    {
        const std::lock_guard lock(mutex_);
        script_.push_back(std::move(read));
    }
    wake();
}

// A channel that is on the move looks at the script on its new shard before it waits.
void fake_client::wake() {
    const std::lock_guard lock(mutex_);
    if (where_ == nowhere) return;
    shards_.post(where_, [self = shared_from_this(), there = where_] {
        fake_channel* awake = nullptr;
        {
            const std::lock_guard inner(self->mutex_);
            if (self->where_ == there) awake = self->channel_;
        }
        if (awake != nullptr) awake->notify();
    });
}

void fake_client::write(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    written_.notify_all();
}

std::string fake_client::next() {
    std::unique_lock lock(mutex_);
    if (!written_.wait_for(lock, std::chrono::seconds(30), [this] { return !lines_.empty(); }))
        FAIL("the server writes nothing");
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
}

std::string fake_client::next(std::string_view start) {
    for (;;) {
        std::string line = next();
        if (line.starts_with(start)) return line;
        if (line == "gone") FAIL("gone before " << start);
    }
}

bool fake_client::silent() {
    const std::lock_guard lock(mutex_);
    return lines_.empty();
}

fake_channel::fake_channel(std::shared_ptr<fake_client> client, channel_manner how)
    : client_(std::move(client)), how_(how) {
    facts_.ip = "192.0.2.1";
    facts_.port = 5000;
    facts_.transport = "fake";
    facts_.encrypted = how_.encrypted;
    const std::lock_guard lock(client_->mutex_);
    client_->channel_ = this;
}

fake_channel::~fake_channel() {
    {
        const std::lock_guard lock(client_->mutex_);
        client_->channel_ = nullptr;
    }
    client_->write("gone");
}

task<channel_event> fake_channel::receive() {
    for (;;) {
        if (std::exchange(interrupted_, false)) co_return stream_interrupted{};
        if (aborted_) co_return stream_lost{};
        {
            const std::lock_guard lock(client_->mutex_);
            if (!client_->script_.empty()) {
                channel_event read = std::move(client_->script_.front());
                client_->script_.pop_front();
                co_return read;
            }
        }
        co_await changed_->wait();
    }
}

void fake_channel::interrupt() {
    interrupted_ = true;
    changed_->notify();
}

void fake_channel::abort() {
    aborted_ = true;
    client_->write("abort");
    changed_->notify();
}

task<bool> fake_channel::act(channel_mode mode) {
    while (mode == channel_mode::hangs && !aborted_) co_await changed_->wait();
    co_return mode == channel_mode::answers && !aborted_;
}

task<bool> fake_channel::start_tls() {
    const bool secured = co_await act(how_.tls);
    client_->write(secured ? "tls" : "no tls");
    if (secured) {
        facts_.encrypted = true;
        how_.starttls = starttls_offer::none;
    }
    co_return secured;
}

task<bool> fake_channel::start_compression(const xml::element& promise, limit<std::size_t> inflated) {
    if (!how_.compresses) co_return false;
    send(promise);
    client_->write("compress " + std::to_string(inflated.value_or(0)) + " " +
                   std::to_string(rest_after_.count()));
    how_.compresses = false;
    co_return true;
}

task<bool> fake_channel::settle() {
    client_->write("settle");
    const bool settled = co_await act(how_.settle);
    co_return settled;
}

task<> fake_channel::close(std::optional<stream_error> why) {
    std::string line = "close";
    if (why) {
        line += " " + std::string(to_string(why->condition));
        if (!why->text.empty()) line += " " + why->text;
        if (why->application == application_error::compression_failed) line += " compression_failed";
    }
    client_->write(std::move(line));
    co_await act(how_.close);
}

void fake_channel::open_stream(const stream_header& header) {
    std::string line = "header from=" + header.from;
    if (!header.to.empty()) line += " to=" + header.to;
    client_->write(line + " lang=" + header.lang);
}

void fake_channel::limit_reading(const xml::limits& bounds, shared_rate rate) {
    client_->write("limits " + std::to_string(bounds.bytes) + " " + std::to_string(rate ? rate->load() : 0));
}

sasl::channel_facts fake_channel::sasl_facts() const {
    sasl::channel_facts facts;
    facts.encrypted = facts_.encrypted;
    return facts;
}

void fake_channel::detach() {
    const std::lock_guard lock(client_->mutex_);
    client_->where_ = fake_client::nowhere;
    client_->lines_.push_back("detach");
    client_->written_.notify_all();
}

void fake_channel::attach(shard& home) {
    const std::lock_guard lock(client_->mutex_);
    client_->where_ = home.index();
    client_->lines_.push_back("attach " + std::to_string(home.index()));
    client_->written_.notify_all();
}

void fake_channel::send(const xml::element& e) {
    std::string line;
    xml::write(line, e, ns::client);
    client_->write(std::move(line));
}

void fake_channel::send(const serialized_stanza& stanza, std::string_view to) {
    std::string line;
    stanza.append_to(line, to, false);
    client_->write(std::move(line));
}

}  // namespace meerkat::testing
