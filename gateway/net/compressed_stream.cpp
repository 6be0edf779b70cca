#include "gateway/net/compressed_stream.hpp"

#include <array>
#include <utility>

namespace meerkat::net {

namespace {

// 4 KiB of window and small tables: stanzas repeat what stood in the last few.
constexpr deflate_settings outgoing{deflate_form::zlib, 12, 5, 6, tables::on_pages};

// Compressed at once; what of it the carrier does not take has to be kept.
constexpr std::size_t longest_write = std::size_t{32} * 1024;
constexpr std::size_t longest_read = std::size_t{16} * 1024;

class compressed_stream final : public byte_stream {
public:
    compressed_stream(std::unique_ptr<byte_stream> carrier, std::unique_ptr<stream_codecs> codecs,
                      std::string unread)
        : byte_stream(*carrier, layered{}),
          carrier_(std::move(carrier)),
          codecs_(std::move(codecs)),
          kept_(std::move(unread)) {}

    io_result read(std::span<char> into) override {
        if (ended_) return {io_status::end};
        if (broken_ || !awake()) return {io_status::corrupt};
        while (kept_.size() > kept_taken_ || more_inside_) {
            std::string_view input = std::string_view(kept_).substr(kept_taken_);
            const io_result got = inflate(input, into);
            keep_last(input.size());
            if (got.status != io_status::done || got.bytes > 0) return got;
        }
        for (;;) {
            thread_local std::array<char, longest_read> compressed;
            const io_result read = carrier_->read(compressed);
            if (read.status != io_status::done) return read;
            std::string_view input(compressed.data(), read.bytes);
            const io_result got = inflate(input, into);
            kept_.assign(input);
            if (got.status != io_status::done || got.bytes > 0) return got;
        }
    }

    io_result write(std::span<const std::string_view> pieces) override {
        // Bytes that were compressed before and not taken by the carrier: the same ones are asked for again.
        if (!left_.empty()) {
            const io_result pushed = push_left();
            if (pushed.status != io_status::done) return pushed;
            return {io_status::done, std::exchange(owed_, 0)};
        }
        if (!awake()) return {io_status::failed};
        thread_local std::string compressed;
        compressed.clear();
        const std::size_t taken = compress(pieces, compressed);
        if (taken == 0) return {io_status::done};
        std::string_view rest = compressed;
        while (!rest.empty()) {
            const io_result pushed = carrier_->write({&rest, 1});
            if (pushed.status != io_status::done) {
                left_ = rest;
                owed_ = taken;
                return pushed;
            }
            rest.remove_prefix(pushed.bytes);
        }
        return {io_status::done, taken};
    }

    bool has_pending() const override {
        return kept_.size() > kept_taken_ || more_inside_ || broken_ || carrier_->has_pending();
    }

    void rest() override {
        carrier_->rest();
        if (!codecs_ || !left_.empty() || !kept_.empty() || more_inside_) return;
        auto window = codecs_->in.put_aside();
        if (!window) return;  // the peer stopped in the middle of something
        window_ = std::move(*window);
        codecs_.reset();
    }

    void shutdown_write() override { carrier_->shutdown_write(); }
    void close() override { carrier_->close(); }
    const tls_facts* tls() const override { return carrier_->tls(); }
    std::optional<std::string> channel_binding(std::string_view type) const override {
        return carrier_->channel_binding(type);
    }

private:
    io_result inflate(std::string_view& input, std::span<char> into) {
        const inflater::outcome got = codecs_->in.inflate(input, into);
        more_inside_ = got.bytes == into.size();
        if (got.what == inflater::state::broken) {
            broken_ = true;
            // What came out before is handed over first.
            if (got.bytes > 0) return {io_status::done, got.bytes};
            return {io_status::corrupt};
        }
        ended_ = got.what == inflater::state::ended && got.bytes < into.size();
        if (ended_ && got.bytes == 0) return {io_status::end};
        return {io_status::done, got.bytes};
    }

    void keep_last(std::size_t size) {
        kept_taken_ = kept_.size() - size;
        if (size > 0) return;
        kept_ = {};
        kept_taken_ = 0;
    }

    std::size_t compress(std::span<const std::string_view> pieces, std::string& out) {
        std::size_t taken = 0;
        for (const std::string_view piece : pieces) {
            if (taken == longest_write) break;
            const std::string_view part = piece.substr(0, longest_write - taken);
            codecs_->out.append(part, out, false);
            taken += part.size();
        }
        if (taken > 0) codecs_->out.append({}, out, true);
        return taken;
    }

    io_result push_left() {
        while (!left_.empty()) {
            const std::string_view rest = left_;
            const io_result pushed = carrier_->write({&rest, 1});
            if (pushed.status != io_status::done) return pushed;
            left_.erase(0, pushed.bytes);
        }
        std::string().swap(left_);
        return {io_status::done};
    }

    // Goes on after rest(): both directions stand between two blocks, and raw blocks follow the headers that
    // were sent long ago. What is compressed from now on refers to nothing earlier.
    bool awake() {
        if (codecs_) return true;
        deflate_settings raw = outgoing;
        raw.form = deflate_form::raw;
        auto again = std::make_unique<stream_codecs>(deflater(raw), inflater(window_, tables::on_pages));
        if (!again->out || !again->in) return false;
        std::string().swap(window_);
        codecs_ = std::move(again);
        return true;
    }

    std::unique_ptr<byte_stream> carrier_;
    std::unique_ptr<stream_codecs> codecs_;  // null while at rest
    std::string window_;                     // then what the peer may refer to
    std::string kept_;                       // compressed, read and not yet taken
    std::size_t kept_taken_ = 0;
    std::string left_;          // compressed, not yet taken by the carrier
    std::size_t owed_ = 0;      // bytes it was made of, to be reported as written with it
    bool more_inside_ = false;  // the last read filled its buffer
    bool ended_ = false;        // by the peer's end mark
    bool broken_ = false;
};

}  // namespace

std::unique_ptr<stream_codecs> make_stream_codecs() {
    auto made =
        std::make_unique<stream_codecs>(deflater(outgoing), inflater(deflate_form::zlib, tables::on_pages));
    if (!made->out || !made->in) return nullptr;
    return made;
}

std::unique_ptr<byte_stream> compress_stream(std::unique_ptr<byte_stream> carrier,
                                             std::unique_ptr<stream_codecs> codecs, std::string unread) {
    return std::make_unique<compressed_stream>(std::move(carrier), std::move(codecs), std::move(unread));
}

}  // namespace meerkat::net
