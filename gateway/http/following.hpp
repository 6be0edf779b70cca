#pragma once
// Whether a connection had better be on another shard. What is there costs a connection here two pieces of
// mail a request, and a sleeping shard two wake-ups; moving costs about as much once. So a connection follows
// where its requests are served, but one whose requests go hither and thither, as those of a proxy do, stays
// where it is.

#include <algorithm>
#include <optional>

namespace meerkat::http {

class following {
public:
    // After an answer that comes from a shard: the one to move to now, if any.
    std::optional<unsigned> served(unsigned at, unsigned here) {
        in_a_row_ = at == last_ ? in_a_row_ + 1 : 1;
        last_ = at;
        if (at == here || in_a_row_ < needed_) return std::nullopt;
        needed_ = std::min(2 * needed_, most_needed);
        return at;
    }

private:
    static constexpr unsigned most_needed = 64;

    unsigned last_ = ~0U;
    unsigned in_a_row_ = 0;
    unsigned needed_ = 2;
};

}  // namespace meerkat::http
