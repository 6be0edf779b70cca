#include "tests/scenarios/runner/connection.hpp"

#include "tests/support/certificate_maker.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <zlib.h>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace meerkat::testing {

namespace {

// Far longer than any answer takes, also under sanitizers on a busy machine: only a broken test waits for it.
constexpr timeval patience{30, 0};

SSL_CTX* client_context() {
    static SSL_CTX* const made = [] {
        SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
        return context;
    }();
    return made;
}

}  // namespace

struct connection::compression {
    z_stream out{}, in{};
    std::string unread;
    explicit compression(std::string first) : unread(std::move(first)) {
        deflateInit(&out, Z_DEFAULT_COMPRESSION);
        inflateInit(&in);
    }
    ~compression() {
        deflateEnd(&out);
        inflateEnd(&in);
    }
    compression(const compression&) = delete;
    compression& operator=(const compression&) = delete;
};

connection::connection(std::uint16_t port, const std::string& ip, const std::string& from)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    if (!from.empty()) {
        ::inet_pton(AF_INET, from.c_str(), &to.sin_addr);
        ::bind(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, ip.c_str(), &to.sin_addr);
    connect(&to, sizeof to);
}

connection::connection(const std::filesystem::path& unix_socket)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    unix_socket.string().copy(to.sun_path, sizeof to.sun_path - 1);
    connect(&to, sizeof to);
}

void connection::connect(const void* address, unsigned size) {
    // A server that has closed must not end the test's process; OpenSSL writes without MSG_NOSIGNAL.
    static std::once_flag once;
    std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });

    if (fd_ < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(fd_, static_cast<const sockaddr*>(address), size) != 0) {
        const int reason = errno;
        ::close(fd_);
        throw std::runtime_error(std::string("connect: ") + std::strerror(reason));
    }
}

connection::connection(connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      tls_(std::exchange(other.tls_, nullptr)),
      compression_(std::move(other.compression_)),
      own_(other.own_),
      reset_(other.reset_) {}

connection::~connection() {
    if (tls_ != nullptr) SSL_free(tls_);
    if (fd_ >= 0) ::close(fd_);
}

bool connection::start_tls(std::string_view alpn) {
    tls_ = SSL_new(client_context());
    if (!alpn.empty()) {
        std::string list(1, static_cast<char>(alpn.size()));
        list += alpn;
        SSL_set_alpn_protos(tls_, reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size()));
    }
    if (own_ != nullptr) {
        SSL_use_certificate(tls_, own_->native());
        SSL_use_PrivateKey(tls_, own_->key());
    }
    SSL_set_fd(tls_, fd_);
    return SSL_connect(tls_) == 1;
}

bool connection::start_tls_1_2() {
    tls_ = SSL_new(client_context());
    SSL_set_max_proto_version(tls_, TLS1_2_VERSION);
    SSL_set_fd(tls_, fd_);
    return SSL_connect(tls_) == 1;
}

bool connection::update_keys() {
    return SSL_key_update(tls_, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(tls_) == 1;
}

bool connection::renegotiate() { return SSL_renegotiate(tls_) == 1 && SSL_do_handshake(tls_) == 1; }

std::string connection::alpn() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    if (tls_ != nullptr) SSL_get0_alpn_selected(tls_, &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
}

std::string connection::tls_version() const { return tls_ == nullptr ? "" : SSL_get_version(tls_); }

std::string connection::cipher() const { return tls_ == nullptr ? "" : SSL_get_cipher_name(tls_); }

bool connection::readable() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

std::string connection::certificate_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(
        tls_ == nullptr ? nullptr : SSL_get1_peer_certificate(tls_), X509_free);
    std::array<char, 256> name{};
    if (!shown || X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                                            static_cast<int>(name.size())) < 0)
        return {};
    return name.data();
}

std::string connection::exported_key() const {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::array<unsigned char, 32> key{};
    if (tls_ == nullptr || SSL_export_keying_material(tls_, key.data(), key.size(), label.data(),
                                                      label.size(), nullptr, 0, 1) != 1)
        return {};
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

void connection::start_compression(std::string unread) {
    compression_ = std::make_unique<compression>(std::move(unread));
}

void connection::write(std::string_view bytes) {
    if (!compression_) return write_as_is(bytes);
    z_stream& out = compression_->out;
    std::string compressed(deflateBound(&out, bytes.size()) + 64, '\0');
    out.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    out.avail_in = static_cast<uInt>(bytes.size());
    out.next_out = reinterpret_cast<Bytef*>(compressed.data());
    out.avail_out = static_cast<uInt>(compressed.size());
    deflate(&out, Z_PARTIAL_FLUSH);
    write_as_is(std::string_view(compressed).substr(0, compressed.size() - out.avail_out));
}

void connection::write_as_is(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t sent = 0;
        if (tls_ != nullptr) {
            sent = SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
            if (sent <= 0) {
                if (SSL_get_error(tls_, static_cast<int>(sent)) == SSL_ERROR_WANT_WRITE)
                    throw silence("the server takes nothing");
                return;
            }
        } else {
            sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
                throw silence("the server takes nothing");
            if (sent < 0) return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool connection::read(std::string& into) {
    if (!compression_) return read_as_is(into);
    const std::size_t before = into.size();
    while (into.size() == before) {
        std::string compressed = std::exchange(compression_->unread, {});
        if (compressed.empty() && !read_as_is(compressed)) return false;
        z_stream& in = compression_->in;
        in.next_in = reinterpret_cast<Bytef*>(compressed.data());
        in.avail_in = static_cast<uInt>(compressed.size());
        do {
            std::array<char, 16384> buffer;
            in.next_out = reinterpret_cast<Bytef*>(buffer.data());
            in.avail_out = buffer.size();
            const int outcome = inflate(&in, Z_SYNC_FLUSH);
            if (outcome != Z_OK && outcome != Z_BUF_ERROR)
                throw std::runtime_error("the server sends what cannot be decompressed");
            into.append(buffer.data(), buffer.size() - in.avail_out);
        } while (in.avail_out == 0);
    }
    return true;
}

bool connection::read_as_is(std::string& into) {
    std::array<char, 16384> buffer;
    ssize_t got = 0;
    if (tls_ != nullptr) {
        got = SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) {
            const int saved = errno;
            const int why = SSL_get_error(tls_, static_cast<int>(got));
            if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
                throw silence("nothing came from the server");
            reset_ = why == SSL_ERROR_SYSCALL && saved == ECONNRESET;
            return false;
        }
    } else {
        got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            throw silence("nothing came from the server");
        if (got <= 0) {
            reset_ = got < 0;
            return false;
        }
    }
    into.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

std::string connection::read_all() {
    std::string all;
    while (read(all)) {
    }
    return all;
}

void connection::finish_writing() {
    if (tls_ != nullptr) SSL_shutdown(tls_);
    ::shutdown(fd_, SHUT_WR);
}

void connection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(fd_, -1));
}

}  // namespace meerkat::testing
