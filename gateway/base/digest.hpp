#pragma once
// Hashes, MACs, key derivation, randomness and comparison in constant time, over OpenSSL.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat {

// The hash functions SCRAM knows (RFC 5802, 7677), in the configuration's spelling: sha, sha224, ...
enum class hash_function : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };
inline constexpr std::size_t hash_function_count = 5;

std::size_t digest_size(hash_function h);  // bytes

// Raw bytes, not hexadecimal.
std::string digest(hash_function h, std::string_view data);
std::string hmac(hash_function h, std::string_view key, std::string_view data);

// RFC 8018 PBKDF2 with HMAC. Milliseconds of work: for worker pools, never for a shard.
std::string pbkdf2(hash_function h, std::string_view password, std::string_view salt, unsigned iterations);

// Cryptographically strong. Throws std::runtime_error when the system has no randomness left to give.
std::string random_bytes(std::size_t count);
// Hexadecimal digits of `bytes` random bytes.
std::string random_hex(std::size_t bytes);

// Takes the same time whatever the difference; the lengths may show.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace meerkat
