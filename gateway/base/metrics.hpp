#pragma once
// What an operator may ask the running server about itself in numbers: a registry of gauges, each read from
// its owner when somebody asks. In which form and over which port they are shown is not its business.

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace meerkat::metrics {

using labels = std::vector<std::pair<std::string, std::string>>;

struct sample {
    std::string name;
    labels labelled;
    double value = 0;
};

class registry {
public:
    registry() = default;
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;

    // Shown as long as the handle lives, which the registry must outlive. `value` is called on any thread,
    // but never again once the handle is gone; it must not come back to the registry.
    [[nodiscard]] std::shared_ptr<void> gauge(std::string name, labels labelled,
                                              std::function<double()> value);

    // What all gauges of a name say now, in the order of their making.
    std::vector<sample> read(const std::string& name) const;

private:
    struct source {
        std::string name;
        labels labelled;
        std::function<double()> value;
    };

    mutable std::mutex mutex_;
    std::list<source> sources_;
};

}  // namespace meerkat::metrics
