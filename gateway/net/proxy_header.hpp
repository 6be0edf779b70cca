#pragma once
// Reads the PROXY header, version 1 or 2, with which a proxy tells whom it forwards (HAProxy's specification,
// "The PROXY protocol"). Takes bytes and says when the header is whole; no input, no output, no clock.

#include "gateway/net/byte_stream.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::net {

class proxy_header_reader {
public:
    static constexpr std::size_t longest_line = 107;          // version 1, its end included
    static constexpr std::size_t longest_binary = 16 + 2048;  // version 2; the longest address is 216

    enum class state : std::uint8_t { incomplete, complete, refused };

    // Takes from the front of `input` what belongs to the header, never a byte behind it. Not called again
    // once it is complete or refused.
    state read(std::string_view& input);

    // When complete: the client. Nothing: the connection is the proxy's own (LOCAL, UNKNOWN), its peer is
    // who it seems. An endpoint without address: a UNIX socket.
    const std::optional<endpoint>& client() const { return client_; }

private:
    bool introduced() const;
    bool take(std::string_view& input, std::size_t up_to);
    state read_line(std::string_view& input);
    state read_binary(std::string_view& input);
    bool understand_line();
    bool understand_binary();
    bool walk_additions(std::size_t at) const;
    bool checksum_fits(std::size_t at) const;

    std::string header_;  // as far as it was read
    std::optional<endpoint> client_;
};

}  // namespace meerkat::net
