#pragma once
// What the core needs of the world outside and reaches only through these interfaces.

#include <string_view>

namespace meerkat {

// Failed logins by address; shared by all shards.
class login_limits {
public:
    virtual ~login_limits() = default;
    // False: too many failures lately, refuse without trying.
    virtual bool may_log_in(std::string_view ip) const = 0;
    virtual void login_failed(std::string_view ip) = 0;
};

}  // namespace meerkat
