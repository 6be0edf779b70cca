#include "gateway/base/deadline.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/certificate_reading.hpp"
#include "gateway/net/tls_openssl.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>
#include <cstring>

namespace meerkat::net {

namespace {

// The largest plaintext of one record: pieces are joined up to it, because every record costs a write.
constexpr std::size_t record_size = 16 * 1024;

// Messages without data in between that a peer may send: a handshake takes six, and KeyUpdate is meant for
// every few million records.
constexpr std::uint8_t most_messages = 16;

class tls_stream final : public byte_stream {
public:
    // The stream is closed when OpenSSL has no memory for the connection.
    tls_stream(byte_stream& plain, std::shared_ptr<const tls_context> context)
        : byte_stream(plain), context_(std::move(context)) {
        ERR_clear_error();
        const auto& made = static_cast<const openssl_context&>(*context_);
        native_.reset(SSL_new(made.native()));
        if (!native_ || SSL_set_fd(native_.get(), native_handle()) != 1) {
            broken_ = true;
            byte_stream::close();
            return;
        }
        early_ = made.takes_early_data();
        SSL_set_msg_callback(native_.get(), count_message);
        SSL_set_msg_callback_arg(native_.get(), this);
    }

    // A client whose network went away may come back with its ticket all the same.
    ~tls_stream() override {
        if (native_) SSL_set_shutdown(native_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    // done: the handshake is complete, or early data has come.
    io_result handshake() {
        if (broken_) return {io_status::failed};
        if (early_) {
            std::array<char, record_size> first;
            const io_result came = read_early(first);
            if (came.status == io_status::done) {
                first_.assign(first.data(), came.bytes);
                unfinished_ = true;
                gather_facts();
                return {io_status::done};
            }
            if (early_) return came;
        }
        ERR_clear_error();
        const int outcome = SSL_accept(native_.get());
        if (outcome != 1) return explain(outcome);
        messages_ = 0;
        gather_facts();
        return {io_status::done};
    }

    io_result read(std::span<char> into) override {
        if (broken_ || !is_open()) return {io_status::failed};
        if (!first_.empty()) return take_first(into);
        if (early_) {
            const io_result came = read_early(into);
            drained_ = came.status != io_status::done;
            if (early_) return came;
        }
        ERR_clear_error();
        std::size_t count = 0;
        const int outcome = SSL_read_ex(native_.get(), into.data(), into.size(), &count);
        drained_ = outcome != 1;
        if (flooded()) return give_up();
        if (outcome != 1) return explain(outcome);
        messages_ = 0;
        return {io_status::done, count};
    }

    io_result write(std::span<const std::string_view> pieces) override {
        if (broken_ || !is_open()) return {io_status::failed};
        thread_local std::array<char, record_size> joined;
        std::size_t written = 0;
        std::size_t skip = 0;  // of the first piece left
        while (!pieces.empty()) {
            std::string_view record = pieces.front().substr(skip);
            if (record.size() < record_size && pieces.size() > 1) record = join(pieces, skip, joined);
            if (record.empty()) break;
            std::size_t count = 0;
            ERR_clear_error();
            const int outcome = write_record(record, count);
            if (outcome != 1) {
                const io_result why = explain(outcome);
                // Bytes that left are reported first; a failure shows again at the next write.
                return written > 0 ? io_result{io_status::done, written} : why;
            }
            written += count;
            skip += count;
            while (!pieces.empty() && skip >= pieces.front().size()) {
                skip -= pieces.front().size();
                pieces = pieces.subspan(1);
            }
        }
        return {io_status::done, written};
    }

    bool has_pending() const override {
        // After a read that would block, what OpenSSL still holds is a torn record.
        return !broken_ && is_open() &&
               (!first_.empty() || SSL_pending(native_.get()) > 0 ||
                (!drained_ && SSL_has_pending(native_.get()) == 1));
    }

    void shutdown_write() override {
        notify_close();
        byte_stream::shutdown_write();
    }

    void close() override {
        if (is_open()) notify_close();
        byte_stream::close();
    }

    const tls_facts* tls() const override { return &facts_; }

    std::optional<std::string> channel_binding(std::string_view type) const override {
        // RFC 9266, 2: not before the client has finished.
        if (broken_ || !is_open() || SSL_is_init_finished(native_.get()) != 1) return std::nullopt;
        if (type == "tls-exporter") return exporter();
        if (type == "tls-server-end-point") return server_end_point();
        if (type == "tls-unique") return unique();
        return std::nullopt;
    }

private:
    // Handshake messages (TLS 1.3: KeyUpdate; 1.2: attempts to renegotiate) cost us more than whoever sends
    // them. OpenSSL takes any number, even within one call.
    static void count_message(int sent, int, int content, const void*, std::size_t, SSL* connection,
                              void* user) {
        // An attempt to renegotiate shows in the warning that answers it.
        const bool counts = sent == 0 ? content == SSL3_RT_HANDSHAKE : content == SSL3_RT_ALERT;
        auto& self = *static_cast<tls_stream*>(user);
        if (!counts || ++self.messages_ <= most_messages) return;
        SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // ends the call
    }
    bool flooded() const { return messages_ > most_messages; }

    io_result give_up() {
        log::info("tls_flood", {{"peer", peer().ip}});
        broken_ = true;
        return {io_status::failed};
    }

    // Leaves early_ false when there is no more of it; the handshake then goes on.
    io_result read_early(std::span<char> into) {
        ERR_clear_error();
        std::size_t count = 0;
        switch (SSL_read_early_data(native_.get(), into.data(), into.size(), &count)) {
            case SSL_READ_EARLY_DATA_SUCCESS:
                if (count > 0) return {io_status::done, count};
                return {io_status::would_block, 0, direction::read};
            case SSL_READ_EARLY_DATA_FINISH:
                early_ = false;
                return {io_status::would_block, 0, direction::read};
            default:
                return explain(0);
        }
    }

    // Answers to early data do not wait for the client to finish its handshake; neither does it need to come
    // to that by writing.
    int write_record(std::string_view record, std::size_t& count) {
        unfinished_ = unfinished_ && SSL_is_init_finished(native_.get()) != 1;
        return unfinished_ ? SSL_write_early_data(native_.get(), record.data(), record.size(), &count)
                           : SSL_write_ex(native_.get(), record.data(), record.size(), &count);
    }

    io_result take_first(std::span<char> into) {
        const std::size_t part = std::min(into.size(), first_.size());
        std::memcpy(into.data(), first_.data(), part);
        first_.erase(0, part);
        if (first_.empty()) std::string().swap(first_);
        return {io_status::done, part};
    }

    static std::string_view join(std::span<const std::string_view> pieces, std::size_t skip,
                                 std::array<char, record_size>& into) {
        std::size_t size = 0;
        for (std::string_view piece : pieces) {
            piece.remove_prefix(std::exchange(skip, 0));
            if (piece.empty()) continue;  // it may have no place in memory either
            const std::size_t part = std::min(piece.size(), into.size() - size);
            std::memcpy(into.data() + size, piece.data(), part);
            size += part;
            if (size == into.size()) break;
        }
        return {into.data(), size};
    }

    io_result explain(int outcome) {
        switch (SSL_get_error(native_.get(), outcome)) {
            case SSL_ERROR_WANT_READ:
                return {io_status::would_block, 0, direction::read};
            case SSL_ERROR_WANT_WRITE:
                return {io_status::would_block, 0, direction::write};
            case SSL_ERROR_ZERO_RETURN:
                return {io_status::end};
            default:
                // OpenSSL forbids any further call on the connection, the closing one included.
                broken_ = true;
                return {io_status::failed};
        }
    }

    void notify_close() {
        if (broken_ || SSL_in_init(native_.get()) == 1) return;
        ERR_clear_error();
        if ((SSL_get_shutdown(native_.get()) & SSL_SENT_SHUTDOWN) == 0) SSL_shutdown(native_.get());
        ERR_clear_error();
    }

    void gather_facts() {
        SSL* const connection = native_.get();
        facts_.version = SSL_get_version(connection);
        facts_.cipher = SSL_get_cipher_name(connection);
        const unsigned char* alpn = nullptr;
        unsigned int alpn_size = 0;
        SSL_get0_alpn_selected(connection, &alpn, &alpn_size);
        if (alpn != nullptr) facts_.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
        const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
        if (name != nullptr) facts_.server_name = name;
        if (X509* const shown = SSL_get0_peer_certificate(connection))
            facts_.certificate = read_client_certificate(shown, SSL_get_verify_result(connection));
        facts_.compressed = SSL_get_current_compression(connection) != nullptr;
    }

    // RFC 9266. Without the extended master secret a TLS 1.2 exporter does not name the connection.
    std::optional<std::string> exporter() const {
        SSL* const connection = native_.get();
        if (SSL_version(connection) < TLS1_3_VERSION && SSL_get_extms_support(connection) != 1)
            return std::nullopt;
        constexpr std::string_view label = "EXPORTER-Channel-Binding";
        std::string secret(32, '\0');
        // The context is the empty string, which TLS 1.2 tells from none.
        const int outcome = SSL_export_keying_material(
            connection, reinterpret_cast<unsigned char*>(secret.data()), secret.size(), label.data(),
            label.size(), reinterpret_cast<const unsigned char*>(""), 0, 1);
        if (outcome != 1) return std::nullopt;
        return secret;
    }

    // RFC 5929, 4.1: the hash of the certificate's own signature, with SHA-256 for MD5 and SHA-1; undefined
    // where the signature names no single hash.
    std::optional<std::string> server_end_point() const {
        const X509* const certificate = SSL_get_certificate(native_.get());
        int hash = NID_undef;
        if (certificate == nullptr ||
            X509_get_signature_info(const_cast<X509*>(certificate), &hash, nullptr, nullptr, nullptr) != 1)
            return std::nullopt;
        if (hash == NID_md5 || hash == NID_sha1) hash = NID_sha256;
        const EVP_MD* const function = EVP_get_digestbynid(hash);
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
        unsigned int size = 0;
        if (function == nullptr || X509_digest(certificate, function, digest.data(), &size) != 1)
            return std::nullopt;
        return std::string(reinterpret_cast<const char*>(digest.data()), size);
    }

    // RFC 5929, 3.1: the first Finished message, which is the client's where no session is resumed.
    std::optional<std::string> unique() const {
        SSL* const connection = native_.get();
        if (SSL_version(connection) != TLS1_2_VERSION) return std::nullopt;
        std::array<char, EVP_MAX_MD_SIZE> finished;
        const std::size_t size = SSL_session_reused(connection) == 1
                                     ? SSL_get_finished(connection, finished.data(), finished.size())
                                     : SSL_get_peer_finished(connection, finished.data(), finished.size());
        if (size == 0 || size > finished.size()) return std::nullopt;
        return std::string(finished.data(), size);
    }

    std::shared_ptr<const tls_context> context_;
    std::unique_ptr<SSL, openssl_deleter> native_;
    tls_facts facts_;
    std::string first_;          // of early data, until it is read
    std::uint8_t messages_ = 0;  // of the handshake's kind, since there was data
    bool early_ = false;         // early data may come
    bool unfinished_ = false;    // it came, and the handshake was not complete then
    bool broken_ = false;
    bool drained_ = false;
};

// Ends the handshake's waits when its time is over.
struct handshake_limit {
    explicit handshake_limit(byte_stream& of) : stream(of) { due.calls<&handshake_limit::expire>(*this); }
    void expire() {
        expired = true;
        stream.cancel_waits();
    }

    byte_stream& stream;
    deadline due;
    bool expired = false;
};

}  // namespace

task<result<std::unique_ptr<byte_stream>>> tls_accept(std::unique_ptr<byte_stream> plain,
                                                      std::shared_ptr<const tls_context> context,
                                                      std::chrono::milliseconds patience) {
    auto stream = std::make_unique<tls_stream>(*plain, std::move(context));
    plain.reset();
    handshake_limit limit(*stream);
    limit.due.arm(shard::current().deadlines(), patience);
    for (;;) {
        const io_result step = stream->handshake();
        if (step.status == io_status::done) break;
        if (step.status != io_status::would_block) {
            // Scanners and plain-text clients end here all day: nothing an operator has to see.
            log::debug("tls_handshake_failed", {{"peer", stream->peer().ip}, {"reason", openssl_reason()}});
            co_return error(step.status == io_status::end ? errc::closed : errc::unavailable,
                            "TLS handshake");
        }
        const bool ready = co_await stream->ready(step.wait_for);
        if (limit.expired) co_return error(errc::timed_out, "TLS handshake");
        if (!ready) co_return error(errc::closed, "TLS handshake");
    }
    limit.due.disarm();
    co_return std::unique_ptr<byte_stream>(std::move(stream));
}

}  // namespace meerkat::net
