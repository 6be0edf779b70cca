#pragma once
// For whoever watches over the process: /healthz says that it runs, /readyz whether it wants work.

#include "gateway/http/handler.hpp"

#include <functional>
#include <utility>

namespace meerkat {

class health final : public http::handler {
public:
    // `ready` is called from all shards.
    explicit health(std::function<bool()> ready) : ready_(std::move(ready)) {}

    task<http::response> handle(const http::request& asked) override;

private:
    const std::function<bool()> ready_;
};

}  // namespace meerkat
