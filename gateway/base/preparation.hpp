#pragma once
// A change of running parts, all or nothing: every part first prepares what it will need, which may fail;
// only when none had a problem are the steps taken, and they cannot.

#include "gateway/base/function.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meerkat {

class preparation {
public:
    // What is to be done once all are prepared, in the order of the calls. It throws nothing.
    void then(unique_function<void()> step) { steps_.push_back(std::move(step)); }
    // A sentence for the administrator: what is wrong and where.
    void problem(std::string text) { problems_.push_back(std::move(text)); }

    const std::vector<std::string>& problems() const { return problems_; }
    // Takes the steps; nothing when there is a problem.
    void commit() {
        if (!problems_.empty()) return;
        for (auto& step : std::exchange(steps_, {})) step();
    }

private:
    std::vector<unique_function<void()>> steps_;
    std::vector<std::string> problems_;
};

}  // namespace meerkat
