#pragma once
// The <body/> of a BOSH request (XEP-0124, 5) as values: its attributes, and what it carries as events of the
// stream. Limits hold on the raw bytes, before anything is parsed.

#include "xmpp/stream/channel.hpp"
#include "xmpp/xml/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace meerkat::bosh {

// The largest request id (XEP-0124, 14.1): the largest integer that every client's numbers can hold.
inline constexpr std::uint64_t last_rid = 9007199254740991;

// Decimal digits and nothing else, up to last_rid.
std::optional<std::uint64_t> whole_number(std::string_view text);
// Keys are hexadecimal, in whatever case.
std::string lower_case(std::string_view text);

struct body_limits {
    std::size_t bytes;   // of the whole body
    xml::limits stanza;  // of each child; elements are counted for all of them together
};

class request_body {
public:
    request_body(xml::document wrapper, std::vector<channel_event> payload, std::size_t bytes)
        : wrapper_(std::move(wrapper)), payload_(std::move(payload)), bytes_(bytes) {}

    // An attribute without prefix; empty when absent.
    std::string_view attr(std::string_view name) const { return wrapper_.root().attr(name); }
    bool has_attr(std::string_view name) const { return wrapper_.root().has_attr(name); }
    std::optional<std::uint64_t> number(std::string_view name) const { return whole_number(attr(name)); }
    std::string_view lang() const { return wrapper_.root().attr("lang", xml::xml_ns); }

    bool terminates() const { return attr("type") == "terminate"; }
    bool restarts() const;  // XEP-0206, 5

    // Elements in order; the last event may be a failure instead, behind which nothing was taken.
    std::vector<channel_event> take_payload() { return std::move(payload_); }
    std::size_t bytes() const { return bytes_; }

private:
    xml::document wrapper_;
    std::vector<channel_event> payload_;
    std::size_t bytes_;
};

// The body, or what is wrong with it. Children without a namespace of their own are in jabber:client
// (XEP-0206, 2).
std::variant<request_body, xml::read_failure> read_body(std::string_view bytes, const body_limits& bounds);

// Which session a body names, found without parsing it: a view into the bytes, empty when there is none. What
// is found so is only a name to look up; it may be broken XML all the same.
std::string_view peek_sid(std::string_view bytes);

}  // namespace meerkat::bosh
