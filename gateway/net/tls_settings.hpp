#pragma once
// What a listener's TLS is to be, once read from the configuration. Data only.

#include <cstdint>
#include <string>
#include <vector>

namespace meerkat::net {

// What is asked of a client's certificate.
enum class verify_mode : std::uint8_t {
    peer,             // a chain to a trusted authority
    selfsigned_peer,  // that, or one that signs itself
    none,             // it is not asked for
};

// A certificate for clients that ask for one of these names (SNI): A-labels in lower case, "*.example.org"
// for any one label before the domain.
struct named_certificate {
    std::vector<std::string> domains;
    std::string certfile;
    std::string keyfile;
    std::string password;
};

struct tls_settings {
    std::string certfile;  // PEM: leaf, then intermediates
    std::string keyfile;   // empty: the key is in certfile
    std::string password;
    std::vector<named_certificate> certificates;  // the one above is for all other names
    std::string ocsp_file;                        // a response about certfile, DER; empty: none

    std::string ciphers;                // OpenSSL list for TLS 1.2, or suites of 1.3; empty: the library's
    std::vector<std::string> versions;  // "tlsv1.2", "tlsv1.3"; empty: both
    std::string dhfile;                 // parameters for DHE, PEM; empty: DHE is not served
    std::vector<std::string> alpn;  // in order of preference; a client that offers none of them is refused
                                    // with no_application_protocol, one that offers no ALPN is accepted

    verify_mode verify = verify_mode::none;
    // With a verify mode other than none: a bad or missing certificate fails the handshake. Else the
    // handshake passes, and the certificate counts as absent.
    bool disconnect_on_failure = true;
    std::string cacertfile;              // PEM; empty: the authorities that the system trusts
    std::vector<std::string> crl_files;  // PEM or DER; when there are any, every authority needs one

    bool session_tickets = false;
    bool early_data = false;    // of TLS 1.3; needs session_tickets, which become single-use
    bool keep_secrets = false;  // writes session keys to the file that SSLKEYLOGFILE names
};

}  // namespace meerkat::net
