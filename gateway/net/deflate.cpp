#include "gateway/net/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <limits>
#include <sys/mman.h>
#include <utility>

namespace meerkat::net {

struct zlib_stream : z_stream {
    explicit zlib_stream(tables kept) : z_stream{} {
        if (kept == tables::on_heap) return;
        void* const mapped =
            ::mmap(nullptr, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) return;  // the heap will do
        pages = static_cast<char*>(mapped);
        opaque = this;
        zalloc = [](voidpf self, uInt count, uInt size) -> voidpf {
            return static_cast<zlib_stream*>(self)->take(std::size_t{count} * size);
        };
        zfree = [](voidpf self, voidpf block) { static_cast<zlib_stream*>(self)->give(block); };
    }
    ~zlib_stream() {
        if (pages != nullptr) ::munmap(pages, most);
    }
    zlib_stream(const zlib_stream&) = delete;
    zlib_stream& operator=(const zlib_stream&) = delete;

private:
    // Address space, of which only what is written to becomes memory.
    static constexpr std::size_t most = std::size_t{64} * 1024;

    void* take(std::size_t size) {
        constexpr std::size_t alignment = alignof(std::max_align_t);
        const std::size_t whole = (size + alignment - 1) / alignment * alignment;
        if (whole > most - used) return std::malloc(size);
        return pages + std::exchange(used, used + whole);
    }
    void give(void* block) const {
        const auto* const at = static_cast<char*>(block);
        const std::less<> before;
        if (before(at, pages) || !before(at, pages + most)) std::free(block);
    }

    char* pages = nullptr;
    std::size_t used = 0;
};

namespace {

// What zlib says where no bit of the last byte is unused, and the next thing is a block's beginning.
constexpr int between_blocks = 128;

// zlib's way to say which wrapping is meant.
int window_argument(deflate_form form, int bits) {
    switch (form) {
        case deflate_form::zlib:
            return bits;
        case deflate_form::gzip:
            return bits + 16;
        case deflate_form::raw:
            return -bits;
    }
    return bits;
}

// zlib declares its input without const unless told otherwise; it does not write there.
Bytef* as_input(std::string_view bytes) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

uInt bounded(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

void deflater::deleter::operator()(zlib_stream* stream) const {
    deflateEnd(stream);
    delete stream;
}

void inflater::deleter::operator()(zlib_stream* stream) const {
    inflateEnd(stream);
    delete stream;
}

deflater::deflater(const deflate_settings& how) {
    auto stream = std::make_unique<zlib_stream>(how.kept);
    const int made =
        deflateInit2(stream.get(), how.level, Z_DEFLATED, window_argument(how.form, how.window_bits),
                     how.memory_level, Z_DEFAULT_STRATEGY);
    if (made == Z_OK) stream_.reset(stream.release());
}

void deflater::append(std::string_view bytes, std::string& out, bool flush) {
    run(bytes, out, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
}

void deflater::finish(std::string_view bytes, std::string& out) {
    run(bytes, out, Z_FINISH);
    reset();
}

void deflater::reset() { deflateReset(stream_.get()); }

void deflater::run(std::string_view bytes, std::string& out, int mode) {
    // A few bytes more than is compressed at worst, so that one round is the rule.
    constexpr std::size_t room_beyond = 64;
    do {
        const std::string_view part = bytes.substr(0, bounded(bytes.size()));
        bytes.remove_prefix(part.size());
        stream_->next_in = as_input(part);
        stream_->avail_in = bounded(part.size());
        const int now = bytes.empty() ? mode : Z_NO_FLUSH;
        do {
            const std::size_t before = out.size();
            out.resize(before + stream_->avail_in / 2 + room_beyond);
            stream_->next_out = reinterpret_cast<Bytef*>(out.data() + before);
            stream_->avail_out = bounded(out.size() - before);
            deflate(stream_.get(), now);
            out.resize(out.size() - stream_->avail_out);
        } while (stream_->avail_out == 0);
    } while (!bytes.empty());
}

inflater::inflater(deflate_form form, tables kept) {
    auto stream = std::make_unique<zlib_stream>(kept);
    const int bits = form == deflate_form::raw ? MAX_WBITS : 0;
    if (inflateInit2(stream.get(), window_argument(form, bits)) == Z_OK) stream_.reset(stream.release());
}

inflater::inflater(std::string_view window, tables kept) : inflater(deflate_form::raw, kept) {
    if (stream_ && inflateSetDictionary(stream_.get(), as_input(window), bounded(window.size())) != Z_OK)
        stream_.reset();
    if (stream_) stream_->data_type = between_blocks;  // zlib says so after the first bytes only
}

inflater::outcome inflater::inflate(std::string_view& input, std::span<char> into) {
    stream_->next_in = as_input(input);
    stream_->avail_in = bounded(input.size());
    const std::size_t offered = stream_->avail_in;
    stream_->next_out = reinterpret_cast<Bytef*>(into.data());
    stream_->avail_out = bounded(into.size());
    const std::size_t room = stream_->avail_out;
    const int outcome = ::inflate(stream_.get(), Z_SYNC_FLUSH);
    input.remove_prefix(offered - stream_->avail_in);
    const std::size_t bytes = room - stream_->avail_out;
    switch (outcome) {
        case Z_OK:
        case Z_BUF_ERROR:  // nothing could be done: no input, or no room
            return {state::going, bytes};
        case Z_STREAM_END:
            return {state::ended, bytes};
        default:
            return {state::broken, bytes};
    }
}

void inflater::reset() { inflateReset(stream_.get()); }

std::optional<std::string> inflater::put_aside() const {
    if (stream_->data_type != between_blocks || stream_->avail_in != 0) return std::nullopt;
    thread_local std::array<Bytef, std::size_t{1} << MAX_WBITS> window;
    uInt size = 0;
    if (inflateGetDictionary(stream_.get(), window.data(), &size) != Z_OK) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(window.data()), size);
}

}  // namespace meerkat::net
