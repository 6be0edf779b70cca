#pragma once
// SASL ANONYMOUS (RFC 4505). The trace the client may send is checked and dropped.

#include "xmpp/sasl/mechanism.hpp"

namespace meerkat::sasl {

std::unique_ptr<server_mechanism> make_anonymous();

}  // namespace meerkat::sasl
