#include "xmpp/sasl/mechanism.hpp"

namespace meerkat::sasl {

namespace {

// A driver that answers what was not asked; the client gets an answer all the same.
step_result unasked() { return failure{condition::temporary_auth_failure, {}}; }

}  // namespace

std::string_view to_string(condition c) {
    switch (c) {
        case condition::aborted:
            return "aborted";
        case condition::account_disabled:
            return "account-disabled";
        case condition::credentials_expired:
            return "credentials-expired";
        case condition::encryption_required:
            return "encryption-required";
        case condition::incorrect_encoding:
            return "incorrect-encoding";
        case condition::invalid_authzid:
            return "invalid-authzid";
        case condition::invalid_mechanism:
            return "invalid-mechanism";
        case condition::malformed_request:
            return "malformed-request";
        case condition::mechanism_too_weak:
            return "mechanism-too-weak";
        case condition::not_authorized:
            return "not-authorized";
        case condition::temporary_auth_failure:
            return "temporary-auth-failure";
    }
    return "not-authorized";
}

const std::optional<std::string>& channel_facts::binding(std::string_view type) const {
    static const std::optional<std::string> none;
    if (type == "tls-exporter") return tls_exporter;
    if (type == "tls-unique") return tls_unique;
    if (type == "tls-server-end-point") return tls_server_end_point;
    return none;
}

step_result server_mechanism::supply_keys(const scram_keys*) { return unasked(); }
step_result server_mechanism::supply_verdict(bool) { return unasked(); }
step_result server_mechanism::supply_name(std::string) { return unasked(); }

}  // namespace meerkat::sasl
