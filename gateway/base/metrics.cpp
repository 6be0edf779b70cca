#include "gateway/base/metrics.hpp"

namespace meerkat::metrics {

std::shared_ptr<void> registry::gauge(std::string name, labels labelled, std::function<double()> value) {
    const std::lock_guard lock(mutex_);
    sources_.push_back({std::move(name), std::move(labelled), std::move(value)});
    const auto at = std::prev(sources_.end());
    return {&*at, [this, at](void*) {
                const std::lock_guard gone(mutex_);
                sources_.erase(at);
            }};
}

std::vector<sample> registry::read(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    std::vector<sample> all;
    for (const source& each : sources_) {
        if (each.name == name) all.push_back({each.name, each.labelled, each.value()});
    }
    return all;
}

}  // namespace meerkat::metrics
