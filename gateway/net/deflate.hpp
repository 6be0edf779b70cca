#pragma once
// Deflate (RFC 1951) and its wrappings, over zlib: what compressed XML streams, HTTP's content codings and
// WebSocket messages are made of. Bytes in, bytes out; how much may come out is always the caller's to say.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meerkat::net {

struct zlib_stream;  // zlib's state and where it is kept

// Where tables are kept.
enum class tables : std::uint8_t {
    on_heap,
    on_pages,  // of their own: the system has them back as soon as they are not needed, whatever else is in
               // use
};

enum class deflate_form : std::uint8_t { zlib, gzip, raw };  // RFC 1950, RFC 1952, RFC 1951

// A deflater holds about 2^(window_bits + 2) + 2^(memory_level + 9) bytes and 6 KiB more.
struct deflate_settings {
    deflate_form form = deflate_form::zlib;
    int window_bits = 15;  // 9 to 15
    int memory_level = 8;  // 1 to 9
    int level = 6;         // 1 to 9
    tables kept = tables::on_heap;
};

class deflater {
public:
    explicit deflater(const deflate_settings& how);

    // False when there was no memory for it; then nothing else may be called.
    explicit operator bool() const { return stream_ != nullptr; }

    // Compresses the bytes and appends what comes out. With `flush` the peer can read everything up to here.
    void append(std::string_view bytes, std::string& out, bool flush);
    // Compresses the bytes as the last ones, and begins anew.
    void finish(std::string_view bytes, std::string& out);
    // Forgets everything: the next bytes do not refer to earlier ones.
    void reset();

private:
    void run(std::string_view bytes, std::string& out, int mode);

    struct deleter {
        void operator()(zlib_stream* stream) const;
    };
    std::unique_ptr<zlib_stream, deleter> stream_;
};

class inflater {
public:
    enum class state : std::uint8_t {
        going,   // all input was taken, or there is no more room
        ended,   // the sender has marked the end; nothing behind it was taken
        broken,  // this is not what the form allows, or memory is short
    };
    struct outcome {
        state what;
        std::size_t bytes;  // written
    };

    // The window is as large as the sender's header says; in the raw form, the largest there is: 32 KiB.
    explicit inflater(deflate_form form, tables kept = tables::on_heap);
    // One that goes on where another was put aside; in the raw form.
    explicit inflater(std::string_view window, tables kept = tables::on_heap);

    explicit operator bool() const { return stream_ != nullptr; }

    // Takes bytes off the front of `input` and fills `into`, up to its end and no further. What did not fit
    // is kept inside: call again as long as `into` gets full.
    outcome inflate(std::string_view& input, std::span<char> into);
    void reset();

    // The bytes that what comes next may refer to, with which another can go on; nothing within a block.
    std::optional<std::string> put_aside() const;

private:
    struct deleter {
        void operator()(zlib_stream* stream) const;
    };
    std::unique_ptr<zlib_stream, deleter> stream_;
};

}  // namespace meerkat::net
