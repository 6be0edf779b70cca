#pragma once
// What the doctor asks of the DNS. An interface, so that tests need no network.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace meerkat::doctor {

enum class record_type : std::uint8_t {
    address,  // A and AAAA together
    srv,      // RFC 2782
};

struct question {
    record_type type = record_type::address;
    std::string name;  // ASCII, without a dot at its end; never completed by a search list
};

struct service {
    std::string host;  // "." where the domain says that it does not have the service
    std::uint16_t port = 0;

    friend bool operator==(const service&, const service&) = default;
};

struct answer {
    enum class outcome : std::uint8_t {
        found,
        nothing,     // the DNS says so: no such name, or no record of this type
        unanswered,  // nobody could be asked, or nobody answered in time
    };
    outcome what = outcome::unanswered;
    std::string reason;                  // of unanswered
    std::vector<std::string> addresses;  // numeric, IPv4 first
    std::vector<service> services;
};

class resolver {
public:
    virtual ~resolver() = default;
    // Asks everything at once and waits; what has no answer at the deadline is unanswered. One answer to each
    // question, in their order.
    virtual std::vector<answer> resolve(const std::vector<question>& questions,
                                        std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace meerkat::doctor
