#pragma once
// A client's socket, plain or with TLS, for tests: every call blocks until it is done, and throws `silence`
// when the server lets a wait grow too long. Nothing of it is shared with the server's own network code.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct ssl_st;

namespace meerkat::testing {

struct silence : std::runtime_error {
    using runtime_error::runtime_error;
};

class made_certificate;

class connection {
public:
    // Throws when nobody listens there.
    // `from` is the address of this machine to come from; empty: any.
    explicit connection(std::uint16_t port, const std::string& ip = "127.0.0.1",
                        const std::string& from = {});
    explicit connection(const std::filesystem::path& unix_socket);
    ~connection();
    connection(connection&& other) noexcept;
    connection& operator=(connection&&) = delete;

    // What the handshake to come is to show the server; it outlives the connection.
    void show(const made_certificate& own) { own_ = &own; }
    // False when the handshake fails or the server closes. `alpn` may be empty.
    bool start_tls(std::string_view alpn = {});
    // The same with TLS 1.2 at most.
    bool start_tls_1_2();
    bool encrypted() const { return tls_ != nullptr; }
    // What was negotiated; empty without.
    std::string alpn() const;
    std::string tls_version() const;  // "TLSv1.3"
    std::string cipher() const;
    // The common name of the certificate that the server showed.
    std::string certificate_name() const;
    // RFC 9266.
    std::string exported_key() const;
    // Sends a KeyUpdate that asks for another one (RFC 8446, 4.6.3). False when the connection takes no more.
    bool update_keys();
    // Asks for a new handshake, which only TLS 1.2 knows. False when the server refuses.
    bool renegotiate();

    // From here on both sides compress (XEP-0138); `unread` was read already, and is compressed.
    void start_compression(std::string unread = {});
    // Compressed bytes, or what pretends to be, on a connection that compresses.
    void write_as_is(std::string_view bytes);

    // Bytes that the server no longer takes are lost without an error: it may have closed already.
    void write(std::string_view bytes);
    // Appends what arrives (from a compressed connection: what it is made of), at least one byte. False at
    // the end of the connection, however it came.
    bool read(std::string& into);
    // Everything up to the end of the connection.
    std::string read_all();
    // Whether bytes or the end have come already. Does not wait.
    bool readable() const;
    // Whether the last read ended by a reset rather than in order.
    bool was_reset() const { return reset_; }

    void finish_writing();
    // Drops the connection with a reset, as if the machine had gone.
    void reset();

private:
    bool read_as_is(std::string& into);
    void connect(const void* address, unsigned size);

    int fd_ = -1;
    ssl_st* tls_ = nullptr;
    struct compression;
    std::unique_ptr<compression> compression_;
    const made_certificate* own_ = nullptr;
    bool reset_ = false;
};

}  // namespace meerkat::testing
