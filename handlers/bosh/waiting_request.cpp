#include "handlers/bosh/waiting_request.hpp"

namespace meerkat::bosh {

void waiting_request::answer(std::shared_ptr<waiting_request> self, std::string body,
                             std::string content_type) {
    shard& here = shard::current();
    shard& there = self->here_;
    if (&here == &there) return self->give(std::move(body), std::move(content_type), here.index());
    here.send(there.index(), [self = std::move(self), body = std::move(body),
                              content_type = std::move(content_type), from = here.index()]() mutable {
        self->give(std::move(body), std::move(content_type), from);
    });
}

void waiting_request::give(std::string body, std::string content_type, unsigned from) {
    body_ = std::move(body);
    content_type_ = std::move(content_type);
    answered_at_ = from;
    given_ = true;
    changed_.notify();
}

}  // namespace meerkat::bosh
