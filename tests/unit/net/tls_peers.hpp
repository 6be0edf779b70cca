#pragma once
// Both ends of a TLS connection on a socket pair: OpenSSL's client, and what our server made of it.

#include "gateway/net/tls_context.hpp"
#include "tests/support/certificate_maker.hpp"
#include "tests/support/shard_runner.hpp"
#include "tests/support/temporary_directory.hpp"

#include <openssl/ssl.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

using accepted_stream = result<std::unique_ptr<net::byte_stream>>;

// What a client keeps between its connections.
class client_state {
public:
    client_state() : context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_app_data(context_, this);
        SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_, keep);
    }
    client_state(const client_state&) = delete;
    client_state& operator=(const client_state&) = delete;
    ~client_state() {
        for (SSL_SESSION* each : sessions_) SSL_SESSION_free(each);
        SSL_CTX_free(context_);
    }

    SSL_CTX* native() { return context_; }
    // In the order they came.
    const std::vector<SSL_SESSION*>& sessions() const { return sessions_; }

private:
    static int keep(SSL* connection, SSL_SESSION* session) {
        auto* const self = static_cast<client_state*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
        self->sessions_.push_back(session);
        return 1;
    }

    SSL_CTX* context_;
    std::vector<SSL_SESSION*> sessions_;
};

class tls_client {
public:
    tls_client(std::unique_ptr<net::byte_stream> stream, std::shared_ptr<client_state> state)
        : stream_(std::move(stream)), state_(std::move(state)), native_(SSL_new(state_->native())) {
        SSL_set_fd(native_, stream_->native_handle());
        SSL_set_tlsext_host_name(native_, "localhost");
    }
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;
    ~tls_client() { SSL_free(native_); }

    SSL* native() { return native_; }
    net::byte_stream& stream() { return *stream_; }
    void version(int only) {
        SSL_set_min_proto_version(native_, only);
        SSL_set_max_proto_version(native_, only);
    }
    void offer(const std::string& wire) {
        SSL_set_alpn_protos(native_, reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned int>(wire.size()));
    }
    void show(const made_certificate& own, const made_certificate* intermediate = nullptr) {
        SSL_use_certificate(native_, own.native());
        SSL_use_PrivateKey(native_, own.key());
        if (intermediate != nullptr) SSL_add1_chain_cert(native_, intermediate->native());
    }

    task<bool> connect() {
        for (;;) {
            const int outcome = SSL_connect(native_);
            if (outcome == 1) co_return true;
            if (SSL_get_error(native_, outcome) != SSL_ERROR_WANT_READ) co_return false;
            const bool ready = co_await stream_->readable();
            if (!ready) co_return false;
        }
    }

    task<std::string> read(std::size_t size) {
        std::string got;
        while (got.size() < size) {
            char buffer[16384];
            const int count = SSL_read(native_, buffer, sizeof buffer);
            if (count > 0) {
                got.append(buffer, static_cast<std::size_t>(count));
                continue;
            }
            if (SSL_get_error(native_, count) != SSL_ERROR_WANT_READ) break;
            const bool ready = co_await stream_->readable();
            if (!ready) break;
        }
        co_return got;
    }

    void write(std::string_view text) { SSL_write(native_, text.data(), static_cast<int>(text.size())); }

    std::string exporter() {
        std::string secret(32, '\0');
        constexpr std::string_view label = "EXPORTER-Channel-Binding";
        SSL_export_keying_material(native_, reinterpret_cast<unsigned char*>(secret.data()), secret.size(),
                                   label.data(), label.size(), reinterpret_cast<const unsigned char*>(""), 0,
                                   1);
        return secret;
    }
    std::string finished() {
        char bytes[64];
        return {bytes, SSL_get_finished(native_, bytes, sizeof bytes)};
    }

private:
    std::unique_ptr<net::byte_stream> stream_;
    std::shared_ptr<client_state> state_;
    SSL* native_;
};

inline task<> accept_into(std::unique_ptr<net::byte_stream> plain,
                          std::shared_ptr<const net::tls_context> context, accepted_stream& outcome) {
    auto made = co_await net::tls_accept(std::move(plain), std::move(context), milliseconds(5000));
    outcome = std::move(made);
}

inline std::shared_ptr<const net::tls_context> context_of(const net::tls_settings& settings) {
    auto made = net::tls_context::make(settings);
    if (made.has_error()) throw std::runtime_error(made.error().detail);
    return std::move(*made);
}

// One connection: a client, and what the server made of it.
struct tls_connection {
    tls_connection(shard& home, const net::tls_settings& settings)
        : tls_connection(home, context_of(settings), std::make_shared<client_state>()) {}
    tls_connection(shard& home, std::shared_ptr<const net::tls_context> server,
                   std::shared_ptr<client_state> state)
        : group(home), context(std::move(server)), outcome(error(errc::cancelled)) {
        auto pair = net::make_stream_pair(home);
        waiting = std::move(pair.ours);
        client = std::make_unique<tls_client>(std::move(pair.theirs), std::move(state));
    }

    // The server's half, when the client's begins otherwise than by connect().
    void accept() { group.spawn_closable(accept_into(std::move(waiting), context, outcome)); }

    task<bool> shake() {
        accept();
        const bool connected = co_await client->connect();
        if (!connected) client->stream().close();
        co_await group.join();
        co_return connected&& outcome.has_value();
    }
    net::byte_stream& server() { return **outcome; }

    task_group group;
    std::shared_ptr<const net::tls_context> context;
    std::unique_ptr<net::byte_stream> waiting;
    std::unique_ptr<tls_client> client;
    accepted_stream outcome;
};

// Files of a test, with a server's certificate among them.
class tls_files {
public:
    explicit tls_files(const certificate_plan& plan = {}) : server_(plan) {
        settings_.certfile = put("cert.pem", server_.pem());
        settings_.keyfile = put("key.pem", server_.key_pem());
    }

    // Returns the file's path.
    std::string put(const std::string& name, const std::string& content) const {
        const std::string path = (folder_ / name).string();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    net::named_certificate named(const std::vector<std::string>& domains, const made_certificate& made) {
        const std::string number = std::to_string(++named_);
        return {domains, put(number + "-cert.pem", made.pem()), put(number + "-key.pem", made.key_pem()), {}};
    }
    const net::tls_settings& settings() const { return settings_; }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

private:
    temporary_directory folder_;
    made_certificate server_;
    net::tls_settings settings_;
    int named_ = 0;
};

}  // namespace meerkat::testing
