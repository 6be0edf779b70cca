#include "gateway/app.hpp"

#include "gateway/base/log.hpp"
#include "gateway/control/control_path.hpp"
#include "gateway/control/control_request.hpp"
#include "gateway/control/control_server.hpp"
#include "gateway/net/certificate_expiry.hpp"
#include "gateway/process.hpp"
#include "gateway/reload/file_watcher.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <latch>

namespace meerkat {

struct app::shutdown {
    explicit shutdown(runtime& shards)
        : streams_ended(static_cast<std::ptrdiff_t>(shards.size())),
          done(static_cast<std::ptrdiff_t>(shards.size())) {
        for (unsigned i = 0; i < shards.size(); ++i)
            groups.push_back(std::make_unique<task_group>(shards.at(i)));
    }
    std::latch streams_ended;
    std::latch done;
    std::vector<std::unique_ptr<task_group>> groups;  // by shard
};

namespace {

// Certificate and key are seldom replaced at once.
constexpr std::chrono::milliseconds certificates_settle{1000};

// Who renews certificates by a program does so 30 days ahead.
constexpr double enough_days = 14;

boost::json::object as_answer(const reload_report& report) {
    if (!report.applied()) return control_refusal(report.problems);
    boost::json::object answer;
    answer["ok"] = true;
    answer["changed"] = boost::json::array(report.changed.begin(), report.changed.end());
    return answer;
}

}  // namespace

app::app(std::unique_ptr<core> made, std::unique_ptr<listeners> listening, configuration_source source)
    : core_(std::move(made)),
      listeners_(std::move(listening)),
      reloader_(std::make_unique<reloader>(*core_, *listeners_, std::move(source))),
      shutdown_(std::make_unique<shutdown>(core_->shards())) {}

app::~app() {
    if (running_) stop(std::chrono::milliseconds::zero());
}

result<std::unique_ptr<app>> app::make(const std::shared_ptr<const configuration>& settings,
                                       configuration_source source,
                                       std::vector<net::listening_sockets> inherited) {
    auto made = core::make(settings);
    if (made.has_error()) return made.error();
    auto listening = listeners::bind(**made, std::move(inherited));
    if (listening.has_error()) return listening.error();
    std::unique_ptr<app> whole(new app(std::move(*made), std::move(*listening), std::move(source)));
    whole->open_control();
    return whole;
}

// Somebody may still be served without it.
void app::open_control() {
    const auto socket = control_socket_in(core_->settings()->process.data_dir);
    auto bound = control_server::bind(core_->shards().at(0), socket);
    if (bound.has_error()) {
        log::error("control_socket_missing", {{"reason", bound.error().detail}});
        return;
    }
    control_ = std::move(*bound);
    control_->add("reload", [this](const boost::json::object&) { return as_answer(reload()); });
}

void app::start_shards() {
    core_->shards().start();
    running_ = true;
}

void app::start_listening() {
    // Before anybody knows that we are there, and may exchange them.
    watch_certificates();
    listeners_->start();
    announce_addresses({});
    listeners_->set_ready(true);
    warn_of_expiry();
    if (control_) control_->start();
    log::notice("ready", {{"shards", core_->shards().size()}});
}

// Those that were not listened on before.
void app::announce_addresses(const std::vector<bound_address>& before) const {
    write_addresses();
    for (const bound_address& each : addresses()) {
        if (std::ranges::find(before, each) != before.end()) continue;
        log::notice("listening",
                    {{"type", each.type}, {"tls", each.tls}, {"address", each.address}, {"port", each.port}});
    }
}

reload_report app::reload() {
    process::notify_reloading();
    const std::vector<bound_address> before = addresses();
    const reload_report report = reloader_->reload();
    process::notify_service_manager("READY=1");
    for (const std::string& each : report.problems)
        log::error("reload_refused", {{"reason", std::string_view(each).substr(0, each.find('\n'))}});
    if (!report.applied()) return report;
    for (const std::string& each : report.changed) log::notice("option_changed", {{"path", each}});
    if (addresses() != before) announce_addresses(before);
    log::notice("reloaded", {{"changed", report.changed.size()}});
    if (certificates_) certificates_->watch(certificate_files(*core_->settings()));
    return report;
}

void app::watch_certificates() {
    auto files = certificate_files(*core_->settings());
    auto watcher =
        file_watcher::start(std::move(files), certificates_settle, [this] { renew_certificates(); });
    if (watcher.has_error()) {
        log::error("certificates_not_watched", {{"reason", watcher.error().detail}});
        return;
    }
    certificates_ = std::move(*watcher);
}

void app::warn_of_expiry() {
    for (const metrics::sample& each : core_->metrics().read(net::certificate_gauge)) {
        if (each.value >= enough_days) continue;
        std::string where;
        for (const auto& [name, value] : each.labelled) where += (where.empty() ? "" : " ") + value;
        if (each.value == net::certificate_not_yet_valid)
            log::warning("certificate_not_yet_valid", {{"listener", where}, {"advice", "check the clock"}});
        else if (each.value != net::certificate_unreadable)
            log::warning("certificate_expires",
                         {{"listener", where}, {"days", static_cast<std::int64_t>(each.value)}});
    }
}

void app::renew_certificates() {
    const reload_report report = reloader_->renew_certificates();
    for (const std::string& each : report.problems)
        log::error("certificates_not_renewed",
                   {{"reason", each}, {"advice", "the old ones stay in use until the files change again"}});
    if (report.applied()) log::notice("certificates_renewed", {});
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

task<> app::end_streams(app* self, unsigned shard, std::chrono::milliseconds grace) {
    co_await self->core_->streams(shard).shut_down(grace);
    self->shutdown_->streams_ended.count_down();
}

task<> app::end_connections(app* self, unsigned shard, std::chrono::milliseconds grace) {
    co_await self->listeners_->drain_http(shard, grace);
    co_await self->listeners_->join(shard);
    co_await self->core_->streams(shard).finish(grace);
    if (shard == 0 && self->control_) co_await self->control_->join();
    co_await self->core_->all_homes().at(shard).background().join();
    self->shutdown_->done.count_down();
}

void app::stop(std::chrono::milliseconds grace) {
    if (!std::exchange(running_, false)) return;
    log::notice("stopping", {});
    listeners_->set_ready(false);
    if (control_) control_->stop();
    reloader_->close();
    listeners_->stop();
    runtime& shards = core_->shards();
    const auto on_every_shard = [&](task<> (*what)(app*, unsigned, std::chrono::milliseconds)) {
        for (unsigned i = 0; i < shards.size(); ++i) {
            shards.post(i, [=, this] { shutdown_->groups[i]->spawn_closable(what(this, i, grace)); });
        }
    };
    // The streams of all shards first: those over BOSH say their last words in answers to requests that wait
    // on another shard.
    on_every_shard(end_streams);
    shutdown_->streams_ended.wait();
    on_every_shard(end_connections);
    shutdown_->done.wait();
    certificates_.reset();  // no command uses it any more
    shards.stop();
    shards.join();
    log::notice("stopped", {});
}

}  // namespace meerkat
