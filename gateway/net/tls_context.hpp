#pragma once
// Server-side TLS: certificates, versions, ciphers and demands of a listener, and the handshake. OpenSSL
// works on the descriptor itself (no BIO pair), which keeps an idle connection at about 15 KiB.

#include "gateway/base/error.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/tls_settings.hpp"

#include <chrono>
#include <memory>

namespace meerkat::net {

// When certificates that a listener shows are valid, all of them at once.
struct certificate_span {
    std::chrono::system_clock::time_point begin, end;
};

// Immutable once made; shared by all shards, swapped whole on reload.
class tls_context {
public:
    // invalid: a file or the cipher list is unusable; `detail` says which and why. Reads files.
    static result<std::shared_ptr<const tls_context>> make(const tls_settings& settings);
    virtual ~tls_context() = default;

    virtual certificate_span certificates_valid() const = 0;
};

// Takes the stream's descriptor over and performs the server's handshake. timed_out, closed or unavailable on
// failure; the descriptor is closed then. With early data the stream comes as soon as the first of it has,
// and goes on with the handshake when it is read.
task<result<std::unique_ptr<byte_stream>>> tls_accept(std::unique_ptr<byte_stream> plain,
                                                      std::shared_ptr<const tls_context> context,
                                                      std::chrono::milliseconds patience);

}  // namespace meerkat::net
