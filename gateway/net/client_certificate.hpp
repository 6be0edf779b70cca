#pragma once
// What a client showed of itself in the TLS handshake, as a value that outlives the connection: SASL EXTERNAL
// takes the client's name from it.

#include <string>
#include <vector>

namespace meerkat::net {

struct client_certificate {
    // Why the listener does not accept it, as OpenSSL says it; empty: it does. Of one that is not accepted
    // nothing but the fingerprint is read: it counts as absent.
    std::string refusal;
    std::string fingerprint;                  // SHA-256 of the DER form, 32 bytes
    std::string common_name;                  // the subject's last, UTF-8; empty: none
    std::vector<std::string> xmpp_addresses;  // id-on-xmppAddr as written, RFC 6120, 13.7.1.4
    std::vector<std::string> dns_names;       // dNSName of subjectAltName as written

    bool accepted() const { return refusal.empty(); }
};

}  // namespace meerkat::net
