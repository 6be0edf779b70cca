#pragma once
// SASL EXTERNAL for clients (RFC 4422, appendix A; XEP-0178): the client is whom its certificate names.

#include "xmpp/sasl/mechanism.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meerkat::sasl {

// Where a client's name is taken from.
enum class external_form : std::uint8_t {
    standard,     // the certificate's XMPP addresses
    common_name,  // its common name
    auth_id,      // what the client says it is, where the certificate has no XMPP addresses
};

struct external_settings {
    std::vector<external_form> forms;  // in the order they are tried; the last one's failure is the client's
    std::string prefix, suffix;        // what common names get to become user names
    std::string domain;                // prepared; whoever is named is of this domain
    std::optional<certificate_names> certificate;  // absent: nobody is let in
};

std::unique_ptr<server_mechanism> make_external(external_settings settings);

}  // namespace meerkat::sasl
