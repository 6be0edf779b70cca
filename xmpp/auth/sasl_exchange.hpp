#pragma once
// One SASL negotiation of one stream, from <auth/> to its end: a mechanism of xmpp/sasl driven with answers
// of the authenticator. The stream negotiator only carries element texts to and fro. Retry limits and
// timeouts are the negotiator's.

#include "gateway/base/task.hpp"
#include "xmpp/auth/method_set.hpp"
#include "xmpp/sasl/mechanism.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace meerkat::auth {

class authenticator;

class sasl_exchange {
public:
    // `mechanism` is the attribute's value as the client sent it; one that is not offered on such a stream
    // (see authenticator::mechanisms) fails the first step with invalid-mechanism. The authenticator outlives
    // the exchange.
    sasl_exchange(authenticator& accounts, std::string domain, std::string_view mechanism,
                  sasl::channel_facts facts, method_set allowed);
    ~sasl_exchange();
    sasl_exchange(const sasl_exchange&) = delete;
    sasl_exchange& operator=(const sasl_exchange&) = delete;

    // The text of <auth/> or <response/> as it stood in the element: base64, "=" for a message of no bytes,
    // nothing at all for <auth/> without an initial response (RFC 6120, section 6.4). The data of what
    // comes back is base64 as well, ready for the element. Ends the exchange when it is a
    // success or failure. One step at a time; the exchange outlives the step. `text` is not used after the
    // first suspension.
    task<sasl::outcome> step(std::string_view text);

    // After success: the method that vouched for the client.
    auth_method method() const { return method_; }

private:
    task<sasl::step_result> ask_keys(sasl::need_keys question);
    task<sasl::step_result> ask_password(sasl::need_password question);
    sasl::step_result ask_consent(const sasl::need_consent& question);
    sasl::step_result give_name();
    sasl::step_result begin_or_go_on(std::string_view text);
    sasl::outcome conclude(sasl::step_result last);

    authenticator& accounts_;
    const std::string domain_;
    const method_set allowed_;
    std::unique_ptr<sasl::server_mechanism> mechanism_;  // null once over, or never begun
    const bool client_first_;                            // the mechanism begins with a message of the client
    auth_method method_ = auth_method::internal;
    bool begun_ = false;
};

}  // namespace meerkat::auth
