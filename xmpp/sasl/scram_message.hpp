#pragma once
// The messages a SCRAM client sends (RFC 5802, section 7), taken apart. Views point into the message.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::sasl {

enum class binding_flag : std::uint8_t {
    unsupported,     // 'n': the client cannot bind
    not_advertised,  // 'y': it can, and thinks the server cannot
    used,            // 'p': it does
};

struct client_first {
    std::string_view gs2_header;  // with its last comma
    binding_flag flag;
    std::string_view binding_type;  // with `used`
    std::string authzid;
    std::string user;  // never empty
    std::string_view nonce;
    std::string_view bare;  // what follows the header
};

struct client_final {
    std::string binding;  // decoded
    std::string_view nonce;
    std::string proof;  // decoded
    std::string_view without_proof;
};

// Nothing when the grammar is violated. `mandatory_extension` is set, and nothing returned, where the client
// demands an extension, for which no extension exists.
std::optional<client_first> parse_client_first(std::string_view message, bool& mandatory_extension);
std::optional<client_final> parse_client_final(std::string_view message, bool& mandatory_extension);

}  // namespace meerkat::sasl
