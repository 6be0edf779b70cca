#pragma once
// SASL SCRAM with and without channel binding (RFC 5802, 7677, 9266). A client whose account does not exist
// meets the same messages as one with a wrong password.

#include "xmpp/sasl/mechanism.hpp"

namespace meerkat::sasl {

struct scram_settings {
    hash_function hash = hash_function::sha256;
    bool plus = false;             // this is the -PLUS variant
    bool plus_advertised = false;  // some -PLUS was announced: a client that says it saw none was deceived
    std::string domain;            // what an authorization identity local@domain is compared with
    channel_facts facts;
    std::string nonce;    // the server's part, fresh and random: make_nonce()
    std::string secret;   // for simulated_keys()
    unsigned iterations;  // of accounts that do not exist
};

std::unique_ptr<server_mechanism> make_scram(scram_settings settings);

std::string make_nonce();

}  // namespace meerkat::sasl
