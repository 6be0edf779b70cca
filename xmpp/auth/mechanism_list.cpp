#include "xmpp/auth/mechanism_list.hpp"

#include <algorithm>

namespace meerkat::auth {

namespace {

bool has_method(const auth_options& options, auth_method method) {
    return std::find(options.methods.begin(), options.methods.end(), method) != options.methods.end();
}

anonymous_protocol protocol_of(const auth_options& options) {
    return options.anonymous ? options.anonymous->protocol : anonymous_protocol::sasl_anon;
}

bool is_served(const auth_options& options, const sasl::channel_facts& facts, sasl_mechanism mechanism) {
    if (const auto variant = scram_variant_of(mechanism)) {
        const auto& hashes = options.password.hash;
        return has_method(options, auth_method::internal) && (!variant->plus || facts.can_bind()) &&
               std::find(hashes.begin(), hashes.end(), variant->hash) != hashes.end();
    }
    const bool anonymous = has_method(options, auth_method::anonymous);
    switch (mechanism) {
        case sasl_mechanism::plain:
            return has_method(options, auth_method::internal) || has_method(options, auth_method::dummy) ||
                   (anonymous && protocol_of(options) != anonymous_protocol::sasl_anon);
        case sasl_mechanism::external:
            return facts.certificate && has_method(options, auth_method::pki);
        case sasl_mechanism::anonymous:
            return anonymous && protocol_of(options) != anonymous_protocol::login_anon;
        default:
            return false;
    }
}

}  // namespace

std::string_view name_of(sasl_mechanism mechanism) {
    switch (mechanism) {
        case sasl_mechanism::scram_sha512_plus:
            return "SCRAM-SHA-512-PLUS";
        case sasl_mechanism::scram_sha512:
            return "SCRAM-SHA-512";
        case sasl_mechanism::scram_sha384_plus:
            return "SCRAM-SHA-384-PLUS";
        case sasl_mechanism::scram_sha384:
            return "SCRAM-SHA-384";
        case sasl_mechanism::scram_sha256_plus:
            return "SCRAM-SHA-256-PLUS";
        case sasl_mechanism::scram_sha256:
            return "SCRAM-SHA-256";
        case sasl_mechanism::scram_sha224_plus:
            return "SCRAM-SHA-224-PLUS";
        case sasl_mechanism::scram_sha224:
            return "SCRAM-SHA-224";
        case sasl_mechanism::scram_sha1_plus:
            return "SCRAM-SHA-1-PLUS";
        case sasl_mechanism::scram_sha1:
            return "SCRAM-SHA-1";
        case sasl_mechanism::plain:
            return "PLAIN";
        case sasl_mechanism::anonymous:
            return "ANONYMOUS";
        case sasl_mechanism::oauth:
            return "X-OAUTH";
        case sasl_mechanism::external:
            return "EXTERNAL";
        case sasl_mechanism::digest:
            return "DIGEST-MD5";
    }
    return "PLAIN";
}

std::optional<scram_variant> scram_variant_of(sasl_mechanism mechanism) {
    switch (mechanism) {
        case sasl_mechanism::scram_sha512_plus:
            return scram_variant{hash_function::sha512, true};
        case sasl_mechanism::scram_sha512:
            return scram_variant{hash_function::sha512, false};
        case sasl_mechanism::scram_sha384_plus:
            return scram_variant{hash_function::sha384, true};
        case sasl_mechanism::scram_sha384:
            return scram_variant{hash_function::sha384, false};
        case sasl_mechanism::scram_sha256_plus:
            return scram_variant{hash_function::sha256, true};
        case sasl_mechanism::scram_sha256:
            return scram_variant{hash_function::sha256, false};
        case sasl_mechanism::scram_sha224_plus:
            return scram_variant{hash_function::sha224, true};
        case sasl_mechanism::scram_sha224:
            return scram_variant{hash_function::sha224, false};
        case sasl_mechanism::scram_sha1_plus:
            return scram_variant{hash_function::sha1, true};
        case sasl_mechanism::scram_sha1:
            return scram_variant{hash_function::sha1, false};
        default:
            return std::nullopt;
    }
}

std::vector<sasl_mechanism> offered_mechanisms(const auth_options& options,
                                               const sasl::channel_facts& facts) {
    std::vector<sasl_mechanism> offered;
    for (const sasl_mechanism m : options.sasl_mechanisms) {
        if (is_served(options, facts, m)) offered.push_back(m);
    }
    return offered;
}

}  // namespace meerkat::auth
