#pragma once
// Server-side TLS: certificate, versions and ciphers of a listener, and the handshake. OpenSSL works on the
// descriptor itself (no BIO pair), which keeps an idle connection at about 15 KiB.

#include "gateway/base/error.hpp"
#include "gateway/net/byte_stream.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace meerkat::net {

struct tls_settings {
    std::string certfile;  // PEM: leaf, then intermediates
    std::string keyfile;   // empty: the key is in certfile
    std::string password;
    std::string ciphers;                // OpenSSL list for TLS 1.2, or suites of 1.3; empty: the library's
    std::vector<std::string> versions;  // "tlsv1.2", "tlsv1.3"; empty: both
    std::vector<std::string> alpn;  // in order of preference; a client that offers none of them is refused
                                    // with no_application_protocol, one that offers no ALPN is accepted
};

struct tls_options;
// What a listener's `tls` table asks for; the protocols of ALPN are its own to add.
tls_settings settings_from(const tls_options& options);

// Immutable once made; shared by all shards, swapped whole on reload.
class tls_context {
public:
    // invalid: the certificate, key or cipher list is unusable; `detail` says which and why.
    static result<std::shared_ptr<const tls_context>> make(const tls_settings& settings);
    virtual ~tls_context() = default;
};

// Takes the stream's descriptor over and performs the server's handshake. timed_out, closed or unavailable on
// failure; the descriptor is closed then.
task<result<std::unique_ptr<byte_stream>>> tls_accept(std::unique_ptr<byte_stream> plain,
                                                      std::shared_ptr<const tls_context> context,
                                                      std::chrono::milliseconds patience);

}  // namespace meerkat::net
