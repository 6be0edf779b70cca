#pragma once
// Server side of a SASL mechanism (RFC 4422) as a machine without I/O: messages in, outcomes out. What it has
// to know about an account it asks of its driver, which is xmpp/auth/sasl_exchange in the server and the test
// itself in tests. Messages are raw bytes here; base64 is the driver's.

#include "xmpp/sasl/scram_keys.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meerkat::sasl {

// RFC 6120, section 6.5.
enum class condition : std::uint8_t {
    aborted,
    account_disabled,
    credentials_expired,
    encryption_required,
    incorrect_encoding,
    invalid_authzid,
    invalid_mechanism,
    malformed_request,
    mechanism_too_weak,
    not_authorized,
    temporary_auth_failure,
};

// The element's name: "not-authorized".
std::string_view to_string(condition c);

// The server speaks next; the client has to answer.
struct challenge {
    std::string data;
};

// The client is `local`, a prepared localpart of the stream's domain.
struct success {
    std::string local;
    std::string authzid;              // as the client gave it, never verified beyond what the mechanism says
    std::optional<std::string> data;  // additional data with success; absent differs from empty
};

struct failure {
    condition reason;
    std::string text;  // for the <text/> element; empty: none
};

// The driver goes on with supply_keys().
struct need_keys {
    std::string local;
    hash_function hash;
};

// The driver goes on with supply_verdict().
struct need_password {
    std::string local;
    std::string password;  // prepared by SASLprep
};

// Whether somebody vouches for a client that its certificate names so. The driver goes on with
// supply_verdict().
struct need_consent {
    std::string local;
};

// The driver goes on with supply_name().
struct need_name {};

// What a client may see of an exchange.
using outcome = std::variant<challenge, success, failure>;
using step_result =
    std::variant<challenge, success, failure, need_keys, need_password, need_consent, need_name>;

// What a client's certificate calls its owner.
struct certificate_names {
    std::string common_name;                  // empty: none
    std::vector<std::string> xmpp_addresses;  // as written in it, not prepared
};

// What TLS offers to bind a SCRAM exchange to: the data of each type that holds on this stream; and who the
// client is by the certificate that TLS accepted.
struct channel_facts {
    bool encrypted = false;
    std::optional<std::string> tls_exporter = {};          // RFC 9266
    std::optional<std::string> tls_unique = {};            // RFC 5929, TLS 1.2 only
    std::optional<std::string> tls_server_end_point = {};  // RFC 5929
    std::optional<certificate_names> certificate = {};

    bool can_bind() const { return tls_exporter || tls_unique || tls_server_end_point; }
    // Nothing when the type is unknown or does not hold here.
    const std::optional<std::string>& binding(std::string_view type) const;
};

// One exchange, from <auth/> to success or failure; not used again after either.
class server_mechanism {
public:
    // Longer messages are malformed: no mechanism here has need of them.
    static constexpr std::size_t max_message = 4096;

    server_mechanism() = default;
    virtual ~server_mechanism() = default;
    server_mechanism(const server_mechanism&) = delete;
    server_mechanism& operator=(const server_mechanism&) = delete;

    // The next message of the client. Calling it while an answer of the driver is due fails the exchange.
    virtual step_result step(std::string_view message) = 0;

    // Answer to need_keys: null when there is no such account or it has no keys of this hash. The exchange
    // then goes on as if there were, and fails at the proof.
    virtual step_result supply_keys(const scram_keys* keys);
    virtual step_result supply_verdict(bool right);
    virtual step_result supply_name(std::string local);
};

}  // namespace meerkat::sasl
