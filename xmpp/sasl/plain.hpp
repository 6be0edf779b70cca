#pragma once
// SASL PLAIN (RFC 4616).

#include "xmpp/sasl/mechanism.hpp"

namespace meerkat::sasl {

// Beyond the RFC's two forms it takes what clients in the field send: a bare address as the user name, whose
// domain is dropped and which then counts as authorization identity, and a message without the leading NUL.
// The authorization identity is never acted upon: a client becomes whom it authenticates as.
std::unique_ptr<server_mechanism> make_plain();

}  // namespace meerkat::sasl
