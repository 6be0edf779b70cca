#include "xmpp/sasl/scram_keys.hpp"

#include <array>

namespace meerkat::sasl {

namespace {

// In the order of hash_function.
constexpr std::array<std::string_view, hash_function_count> names{"SHA-1", "SHA-224", "SHA-256", "SHA-384",
                                                                  "SHA-512"};

}  // namespace

std::string_view name_of(hash_function h) { return names[static_cast<std::size_t>(h)]; }

std::optional<hash_function> hash_named(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<hash_function>(i);
    }
    return std::nullopt;
}

scram_keys derive_keys(hash_function h, std::string_view password, std::string salt, unsigned iterations) {
    const std::string salted = pbkdf2(h, password, salt, iterations);
    return {.hash = h,
            .iterations = iterations,
            .salt = std::move(salt),
            .stored_key = digest(h, hmac(h, salted, "Client Key")),
            .server_key = hmac(h, salted, "Server Key")};
}

bool password_matches(const scram_keys& keys, std::string_view password) {
    const scram_keys derived = derive_keys(keys.hash, password, keys.salt, keys.iterations);
    return equal_in_constant_time(derived.stored_key, keys.stored_key);
}

scram_keys simulated_keys(hash_function h, std::string_view secret, std::string_view local,
                          std::string_view domain, unsigned iterations) {
    std::string account(local);
    account += '@';  // in no prepared localpart, so that no two accounts share a text
    account += domain;
    // The hash is named too: an account that exists has another salt for each.
    account += '/';
    account += name_of(h);
    return {.hash = h,
            .iterations = iterations,
            .salt = hmac(hash_function::sha256, secret, account).substr(0, scram_salt_size),
            .stored_key = random_bytes(digest_size(h)),
            .server_key = random_bytes(digest_size(h))};
}

}  // namespace meerkat::sasl
