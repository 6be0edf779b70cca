#pragma once
// What SASL may know of a client's certificate, for every channel that TLS carries.

#include "gateway/net/client_certificate.hpp"
#include "xmpp/sasl/mechanism.hpp"

#include <optional>

namespace meerkat {

// Nothing when none was shown (null), or none that the listener accepts.
inline std::optional<sasl::certificate_names> names_for_sasl(const net::client_certificate* shown) {
    if (shown == nullptr || !shown->accepted()) return std::nullopt;
    return sasl::certificate_names{shown->common_name, shown->xmpp_addresses};
}

}  // namespace meerkat
