#pragma once
// Which SASL mechanisms a stream is offered: what the options list, what some method can serve, what the
// stream's TLS can bind.

#include "xmpp/auth/auth_options.hpp"
#include "xmpp/sasl/mechanism.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::auth {

// As announced: "SCRAM-SHA-256-PLUS". Static storage.
std::string_view name_of(sasl_mechanism mechanism);

struct scram_variant {
    hash_function hash;
    bool plus;
};
// Nothing for mechanisms that are not SCRAM.
std::optional<scram_variant> scram_variant_of(sasl_mechanism mechanism);

// In the order of announcement.
std::vector<sasl_mechanism> offered_mechanisms(const auth_options& options, const sasl::channel_facts& facts);

}  // namespace meerkat::auth
