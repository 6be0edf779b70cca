#pragma once
// What a server keeps of a password: the keys of SCRAM (RFC 5802, section 3), from which the password cannot
// be had back.

#include "gateway/base/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meerkat::sasl {

// As in the names of mechanisms: "SHA-256".
std::string_view name_of(hash_function h);
std::optional<hash_function> hash_named(std::string_view name);

inline constexpr std::size_t scram_salt_size = 16;

// Raw bytes throughout.
struct scram_keys {
    hash_function hash = hash_function::sha256;
    unsigned iterations = 0;
    std::string salt;
    std::string stored_key;
    std::string server_key;

    friend bool operator==(const scram_keys&, const scram_keys&) = default;
};

// The password is prepared already (SASLprep). Milliseconds of work: for a worker pool.
scram_keys derive_keys(hash_function h, std::string_view password, std::string salt, unsigned iterations);

// Whether the password is the one the keys were derived from, in a time that does not depend on how wrong it
// is. As dear as derive_keys().
bool password_matches(const scram_keys& keys, std::string_view password);

// Keys of no password at all: the salt is a function of the name and the secret, so that asking twice gives
// the same one, as for an account that exists; the keys are random, so that no proof fits.
scram_keys simulated_keys(hash_function h, std::string_view secret, std::string_view local,
                          std::string_view domain, unsigned iterations);

}  // namespace meerkat::sasl
