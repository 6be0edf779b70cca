#include "gateway/app.hpp"

#include "gateway/base/log.hpp"

#include <filesystem>
#include <fstream>
#include <latch>

namespace meerkat {

struct app::shutdown {
    explicit shutdown(runtime& shards) : done(static_cast<std::ptrdiff_t>(shards.size())) {
        for (unsigned i = 0; i < shards.size(); ++i)
            groups.push_back(std::make_unique<task_group>(shards.at(i)));
    }
    std::latch done;
    std::vector<std::unique_ptr<task_group>> groups;  // by shard
};

app::app(std::unique_ptr<core> made, std::unique_ptr<listeners> listening)
    : core_(std::move(made)),
      listeners_(std::move(listening)),
      shutdown_(std::make_unique<shutdown>(core_->shards())) {}

app::~app() {
    if (running_) stop(std::chrono::milliseconds::zero());
}

result<std::unique_ptr<app>> app::make(std::shared_ptr<const configuration> settings) {
    auto made = core::make(std::move(settings));
    if (made.has_error()) return made.error();
    auto listening = listeners::bind(**made);
    if (listening.has_error()) return listening.error();
    return std::unique_ptr<app>(new app(std::move(*made), std::move(*listening)));
}

void app::start_shards() {
    core_->shards().start();
    running_ = true;
}

void app::start_listening() {
    listeners_->start();
    write_addresses();
    for (const bound_address& each : addresses())
        log::notice("listening",
                    {{"type", each.type}, {"tls", each.tls}, {"address", each.address}, {"port", each.port}});
    listeners_->set_ready(true);
    log::notice("ready", {{"shards", core_->shards().size()}});
}

// Written beside and renamed, so that whoever waits for the file never reads half of it.
void app::write_addresses() const {
    const std::filesystem::path file = core_->settings()->process.data_dir / "addresses.json";
    const std::filesystem::path draft = file.string() + ".new";
    {
        std::ofstream out(draft, std::ios::trunc);
        out << "[\n";
        std::string_view separator = "";
        for (const bound_address& each : addresses()) {
            out << separator << R"(  {"type": ")" << each.type << R"(", "tls": ")" << each.tls
                << R"(", "address": ")" << each.address << R"(", "port": )" << each.port << "}";
            separator = ",\n";
        }
        out << "\n]\n";
    }
    std::error_code failure;
    std::filesystem::rename(draft, file, failure);
    if (failure)
        log::warning("addresses_not_written", {{"file", file.string()}, {"reason", failure.message()}});
}

task<> app::drain(app* self, unsigned shard, std::chrono::milliseconds grace) {
    co_await self->listeners_->drain_http(shard, grace);
    co_await self->core_->streams(shard).shut_down(grace);
    co_await self->listeners_->join(shard);
    co_await self->core_->all_homes().at(shard).background().join();
    self->shutdown_->done.count_down();
}

void app::stop(std::chrono::milliseconds grace) {
    if (!std::exchange(running_, false)) return;
    log::notice("stopping", {});
    listeners_->set_ready(false);
    listeners_->stop();
    runtime& shards = core_->shards();
    for (unsigned i = 0; i < shards.size(); ++i) {
        shards.post(i, [this, i, grace] { shutdown_->groups[i]->spawn_closable(drain(this, i, grace)); });
    }
    shutdown_->done.wait();
    shards.stop();
    shards.join();
    log::notice("stopped", {});
}

}  // namespace meerkat
