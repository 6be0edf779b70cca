#pragma once
// For tests of TLS: files of certificates with listeners that use them, and an OpenSSL client whose every
// knob can be turned.

#include "tests/support/certificate_maker.hpp"
#include "tests/support/temporary_directory.hpp"

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace meerkat::testing {

// A client with its sessions. Every call waits for the server, but not for ever.
class tuned_client {
public:
    tuned_client();
    tuned_client(const tuned_client&) = delete;
    tuned_client& operator=(const tuned_client&) = delete;
    ~tuned_client();

    SSL_CTX* context() { return context_; }
    SSL* native() { return tls_; }
    bool has_session() const { return session_ != nullptr; }

    // Everything before the first byte; the session from before is taken up if there is one.
    void prepare(std::uint16_t port);
    bool shake() { return SSL_connect(tls_) == 1; }
    // Asks something and reads the answer's beginning, tickets with it. Empty: the connection is over.
    std::string ask(std::string_view question);
    std::string read();
    std::string certificate_name() const;

private:
    void disconnect();

    SSL_CTX* context_;
    SSL* tls_ = nullptr;
    SSL_SESSION* session_ = nullptr;
    int fd_ = -1;
};

// What each kind of listener of a tls_site is asked, and how its answer begins.
struct dialogue {
    std::size_t listener;
    std::string question;
    std::string answer;
};
extern const dialogue dialogues[2];

// Files in a folder: cert.pem with key.pem, issued by the authority whose certificate is ca.pem.
class tls_site {
public:
    explicit tls_site(const certificate_plan& plan = {});

    // Writes a file. Returns its path as TOML has it, in quotes.
    std::string put(const std::string& name, const std::string& content) const;
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    // A listener for clients with direct TLS, and one for HTTPS. `sections` stand in both tables.
    std::string listeners(const std::string& options,
                          const std::function<std::string(const std::string&)>& sections = {}) const;

    const made_certificate& authority() const { return authority_; }
    const made_certificate& own() const { return own_; }

private:
    temporary_directory folder_;
    made_certificate authority_{{.common_name = "Root", .authority = true}};
    made_certificate own_;
};

// An option for listeners that ask no client for a certificate.
inline const std::string anybody = "verify_mode = \"none\"\n";

}  // namespace meerkat::testing
