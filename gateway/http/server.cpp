#include "gateway/http/server.hpp"

#include "gateway/http/connection.hpp"

namespace meerkat::http {

server::server(shard& home, std::shared_ptr<const site> served)
    : home_(home), site_(std::move(served)), group_(home) {
    patience_.calls<&server::close_all>(*this);
}

server::~server() = default;

void server::serve(std::unique_ptr<net::byte_stream> stream, std::shared_ptr<void> token) {
    if (draining_) return;
    group_.spawn_closable(run(std::make_unique<connection>(*this, std::move(stream), std::move(token))));
}

void server::send_to(unsigned shard, moving_connection leaving) const {
    home_.send(shard, [to = siblings_[shard], leaving = std::move(leaving)]() mutable {
        if (const auto there = to.lock()) there->receive(std::move(leaving));
    });
}

void server::receive(moving_connection arrived) {
    if (draining_) return;
    arrived.stream->attach(home_);
    group_.spawn_closable(run(std::make_unique<connection>(*this, std::move(arrived))));
}

task<> server::run(std::unique_ptr<connection> served) {
    live_.insert(served.get());
    co_await served->run();
    live_.erase(served.get());
}

task<> server::drain(milliseconds grace) {
    draining_ = true;
    for (connection* const one : live_) one->finish_soon();
    given_up_at_ = home_.deadlines().now() + grace;
    patience_.arm(home_.deadlines(), grace);
    co_await group_.join();
    patience_.disarm();
}

void server::hurry(milliseconds grace) {
    const milliseconds sooner = home_.deadlines().now() + grace;
    if (!patience_.armed() || sooner >= given_up_at_) return;
    given_up_at_ = sooner;
    patience_.arm(home_.deadlines(), grace);
}

void server::close_all() {
    for (connection* const one : live_) one->close();
}

}  // namespace meerkat::http
