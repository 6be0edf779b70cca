#include "handlers/bosh/waiting_request.hpp"

namespace meerkat::bosh {

void waiting_request::answer(std::shared_ptr<waiting_request> self, std::string body,
                             std::string content_type) {
    shard& there = self->here_;
    if (&shard::current() == &there) return self->give(std::move(body), std::move(content_type));
    shard::current().send(there.index(), [self = std::move(self), body = std::move(body),
                                          content_type = std::move(content_type)]() mutable {
        self->give(std::move(body), std::move(content_type));
    });
}

void waiting_request::give(std::string body, std::string content_type) {
    body_ = std::move(body);
    content_type_ = std::move(content_type);
    given_ = true;
    changed_.notify();
}

}  // namespace meerkat::bosh
