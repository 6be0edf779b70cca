#pragma once
// Which domains a certificate speaks for: RFC 6125 (and its successor, RFC 9525), with the XMPP identifiers
// of RFC 6120, 13.7.1.2.1.

#include "gateway/doctor/certificate_file.hpp"

#include <string>
#include <vector>

namespace meerkat::doctor {

enum class audience : std::uint8_t {
    xmpp_clients,  // take dNSName, SRV-ID and xmppAddr
    browsers,      // take dNSName
};

enum class coverage : std::uint8_t {
    full,
    common_name_only,  // in the subject, where clients of today do not look
    none,
};

// `domain` is prepared. A wildcard stands for one whole label, the leftmost.
coverage covers(X509* certificate, const std::string& domain, audience whom);

// All names of the certificate, for people.
std::vector<std::string> names_of(const X509* certificate);

}  // namespace meerkat::doctor
