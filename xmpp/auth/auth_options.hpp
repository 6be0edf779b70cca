#pragma once
// [auth]: which methods check credentials, which mechanisms are offered and how passwords are kept. Data
// only.

#include "config/values.hpp"
#include "gateway/base/digest.hpp"
#include "xmpp/sasl/external.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

enum class auth_method : std::uint8_t { anonymous, dummy, external, http, internal, jwt, ldap, pki, rdbms };

// Spelled as in the file: scram_sha256_plus is announced as SCRAM-SHA-256-PLUS.
enum class sasl_mechanism : std::uint8_t {
    scram_sha512_plus,
    scram_sha512,
    scram_sha384_plus,
    scram_sha384,
    scram_sha256_plus,
    scram_sha256,
    scram_sha224_plus,
    scram_sha224,
    scram_sha1_plus,
    scram_sha1,
    plain,
    anonymous,
    oauth,
    external,
    digest,
};

std::string_view to_string(auth_method method);

enum class password_format : std::uint8_t { scram, plain };

struct password_options {
    password_format format = password_format::scram;
    // The hashes keys are made for, and so the SCRAM mechanisms offered.
    std::vector<hash_function> hash = {hash_function::sha1, hash_function::sha224, hash_function::sha256,
                                       hash_function::sha384, hash_function::sha512};
    unsigned scram_iterations = 10000;
};

struct internal_auth_options {};

enum class anonymous_protocol : std::uint8_t {
    sasl_anon,   // SASL ANONYMOUS, a random name
    login_anon,  // any password for a name that no account has
    both,
};

struct anonymous_auth_options {
    bool allow_multiple_connections = false;
    anonymous_protocol protocol = anonymous_protocol::sasl_anon;
};

// Accepts any password, after a delay: for load tests.
struct dummy_auth_options {
    std::chrono::milliseconds base_time{50};
    std::chrono::milliseconds variance{450};
};

// Clients who are whom their certificates name.
struct pki_auth_options {};

struct common_name_options {
    std::string prefix, suffix;  // what a common name gets to become a user name
};

struct auth_options {
    // In the order they are tried. Once read: those of the file, else every method that has a table.
    std::vector<auth_method> methods;
    std::vector<sasl_mechanism> sasl_mechanisms = {sasl_mechanism::scram_sha512_plus,
                                                   sasl_mechanism::scram_sha512,
                                                   sasl_mechanism::scram_sha384_plus,
                                                   sasl_mechanism::scram_sha384,
                                                   sasl_mechanism::scram_sha256_plus,
                                                   sasl_mechanism::scram_sha256,
                                                   sasl_mechanism::scram_sha224_plus,
                                                   sasl_mechanism::scram_sha224,
                                                   sasl_mechanism::scram_sha1_plus,
                                                   sasl_mechanism::scram_sha1,
                                                   sasl_mechanism::plain,
                                                   sasl_mechanism::anonymous,
                                                   sasl_mechanism::oauth};  // in the order they are announced
    limit<std::size_t> max_users_per_domain = limit<std::size_t>::infinity();
    password_options password;
    std::optional<internal_auth_options> internal;
    std::optional<anonymous_auth_options> anonymous;
    std::optional<dummy_auth_options> dummy;
    std::optional<pki_auth_options> pki;
    // Where a certificate's user name is taken from, in this order.
    std::vector<sasl::external_form> sasl_external = {sasl::external_form::standard};
    common_name_options sasl_external_common_name;
};

config::table<auth_options> auth_table();

}  // namespace meerkat
