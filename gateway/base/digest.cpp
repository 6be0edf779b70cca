#include "gateway/base/digest.hpp"

#include "gateway/base/encoding.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace meerkat {

namespace {

const EVP_MD* evp(hash_function h) {
    switch (h) {
        case hash_function::sha1:
            return EVP_sha1();
        case hash_function::sha224:
            return EVP_sha224();
        case hash_function::sha256:
            return EVP_sha256();
        case hash_function::sha384:
            return EVP_sha384();
        case hash_function::sha512:
            return EVP_sha512();
    }
    throw std::logic_error("unknown hash function");
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::size_t digest_size(hash_function h) { return static_cast<std::size_t>(EVP_MD_get_size(evp(h))); }

std::string digest(hash_function h, std::string_view data) {
    std::string out(digest_size(h), '\0');
    if (EVP_Digest(data.data(), data.size(), bytes(out), nullptr, evp(h), nullptr) != 1)
        throw std::runtime_error("EVP_Digest failed");
    return out;
}

std::string hmac(hash_function h, std::string_view key, std::string_view data) {
    std::string out(digest_size(h), '\0');
    unsigned size = 0;
    if (HMAC(evp(h), key.data(), static_cast<int>(key.size()), bytes(data), data.size(), bytes(out), &size) ==
        nullptr)
        throw std::runtime_error("HMAC failed");
    return out;
}

std::string pbkdf2(hash_function h, std::string_view password, std::string_view salt, unsigned iterations) {
    std::string out(digest_size(h), '\0');
    const int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes(salt),
                                       static_cast<int>(salt.size()), static_cast<int>(iterations), evp(h),
                                       static_cast<int>(out.size()), bytes(out));
    if (done != 1) throw std::runtime_error("PKCS5_PBKDF2_HMAC failed");
    return out;
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(bytes(out), static_cast<int>(count)) != 1) throw std::runtime_error("RAND_bytes failed");
    return out;
}

std::string random_hex(std::size_t count) { return to_hex(random_bytes(count)); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace meerkat
