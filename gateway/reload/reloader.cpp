#include "gateway/reload/reloader.hpp"

#include "gateway/base/preparation.hpp"
#include "gateway/core.hpp"
#include "gateway/listeners.hpp"

#include <algorithm>
#include <utility>

namespace meerkat {

namespace {

// Why this reading cannot be served; remarks do not matter.
std::vector<std::string> refusals(const configuration_reading& reading) {
    std::vector<std::string> found;
    if (reading.accepted() && reading.servable()) return found;
    for (const config::diagnostic& each : reading.findings) {
        if (each.level != config::severity::warning) found.push_back(config::render(each));
    }
    return found;
}

void log_as(const process_options& how) { log::configure(how.loglevel, how.log.format); }

}  // namespace

reloader::reloader(core& server, listeners& listening, configuration_source source)
    : core_(server), listeners_(listening), source_(std::move(source)) {}

void reloader::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

reload_report reloader::reload() {
    const std::lock_guard lock(mutex_);
    if (closed_) return {{}, {"the server is stopping"}};
    if (!source_.again) return {{}, {"the server was started without a configuration file"}};
    return change_to(source_.again());
}

reload_report reloader::apply(configuration_reading next) {
    const std::lock_guard lock(mutex_);
    if (closed_) return {{}, {"the server is stopping"}};
    return change_to(std::move(next));
}

reload_report reloader::change_to(configuration_reading next) {
    reload_report report;
    report.problems = refusals(next);
    if (!report.applied() || !next.value) return report;
    for (const config::effective_change& each : config::differences(source_.values, next.effective)) {
        if (!each.has_effect) continue;
        if (each.reloadable) {
            report.changed.push_back(each.path);
        } else {
            report.problems.push_back(each.path + " needs a restart");
        }
    }
    preparation change;
    if (report.applied()) {
        listeners_.prepare(*next.value, change);
        report.problems = change.problems();
    }
    if (!report.applied()) {
        report.changed.clear();
        return report;
    }
    const auto settings = std::make_shared<const configuration>(std::move(*next.value));
    change.commit();
    core_.use(settings);
    log_as(settings->process);
    source_.values = std::move(next.effective);
    return report;
}

reload_report reloader::renew_certificates() {
    const std::lock_guard lock(mutex_);
    if (closed_) return {{}, {"the server is stopping"}};
    preparation change;
    listeners_.prepare_tls(*core_.settings(), change);
    change.commit();
    return {{}, change.problems()};
}

std::vector<std::filesystem::path> certificate_files(const configuration& settings) {
    std::vector<std::filesystem::path> files;
    const auto add = [&files](const net::tls_options& tls) {
        for (auto& each : net::files_of(tls)) files.push_back(std::move(each));
    };
    for (const c2s_listener_options& each : settings.listen.c2s) {
        if (each.tls) add(each.tls->options);
    }
    for (const http_listener_options& each : settings.listen.http) {
        if (each.tls) add(each.tls->options);
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

}  // namespace meerkat
