#pragma once
// The client's side of SCRAM (RFC 5802), for tests: written apart from the server's, over the same hashes.

#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::testing {

struct scram_client {
    hash_function hash = hash_function::sha256;
    std::string user = {};
    std::string password = {};
    std::string nonce = "clientnonce";
    std::string header = "n,,";     // gs2-header
    std::string binding_data = {};  // what "p=" binds to

    std::string first_bare() const { return "n=" + user + ",r=" + nonce; }
    std::string first() const { return header + first_bare(); }

    // Nothing when the server's message cannot be understood.
    std::optional<std::string> final_message(const std::string& server_first) {
        const auto r = attribute(server_first, 'r');
        const auto s = attribute(server_first, 's');
        const auto i = attribute(server_first, 'i');
        if (!r || !s || !i) return std::nullopt;
        const auto salt = from_base64(*s);
        unsigned iterations = 0;
        const auto read = std::from_chars(i->data(), i->data() + i->size(), iterations);
        if (!salt || read.ec != std::errc() || iterations == 0 || iterations > 100000) return std::nullopt;

        const std::string salted = pbkdf2(hash, password, *salt, iterations);
        const std::string without_proof = "c=" + to_base64(header + binding_data) + ",r=" + *r;
        const std::string message = first_bare() + "," + server_first + "," + without_proof;
        const std::string client_key = hmac(hash, salted, "Client Key");
        std::string proof = hmac(hash, digest(hash, client_key), message);
        for (std::size_t k = 0; k < proof.size(); ++k) proof[k] = static_cast<char>(proof[k] ^ client_key[k]);
        expected = "v=" + to_base64(hmac(hash, hmac(hash, salted, "Server Key"), message));
        return without_proof + ",p=" + to_base64(proof);
    }

    // The server has proved that it knows the keys, too.
    bool accepts(std::string_view server_final) const { return server_final == expected; }

    static std::optional<std::string> attribute(const std::string& message, char name) {
        std::size_t at = 0;
        while (at < message.size()) {
            std::size_t end = message.find(',', at);
            if (end == std::string::npos) end = message.size();
            if (end - at >= 2 && message[at] == name && message[at + 1] == '=')
                return message.substr(at + 2, end - at - 2);
            at = end + 1;
        }
        return std::nullopt;
    }

    std::string expected = {};  // filled by final_message()
};

}  // namespace meerkat::testing
