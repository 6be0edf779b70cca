#pragma once
// Compression of a stream (XEP-0138, method zlib) between whoever uses the stream and what carries it: TCP,
// or TLS over it. What one write() is given leaves with one flush, so that a batch of stanzas costs one.
//
// A stream in use holds up to 38 KiB to compress and, with the window that clients commonly ask for, 39 KiB
// to decompress. rest() gives back all but what the peer may still refer to: at most 32 KiB, and no more than
// it has sent.

#include "gateway/net/byte_stream.hpp"
#include "gateway/net/deflate.hpp"

#include <memory>
#include <string>

namespace meerkat::net {

struct stream_codecs {
    deflater out;
    inflater in;
};

// Null when memory is short.
std::unique_ptr<stream_codecs> make_stream_codecs();

// Reading answers `corrupt` when the peer's bytes cannot be decompressed. `unread` is what the peer sent
// already compressed and was read from `carrier`.
std::unique_ptr<byte_stream> compress_stream(std::unique_ptr<byte_stream> carrier,
                                             std::unique_ptr<stream_codecs> codecs, std::string unread);

}  // namespace meerkat::net
