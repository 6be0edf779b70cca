#include "gateway/net/proxy_header.hpp"

#include "gateway/net/socket_address.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <sys/socket.h>

namespace meerkat::net {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view line_start = "PROXY ";
constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t fixed_part = 16;  // of version 2: signature, command, family, length

constexpr unsigned char command_local = 0x20;
constexpr unsigned char command_proxy = 0x21;
constexpr unsigned char addition_crc32c = 0x03;

// The address family and, of a stream, how many bytes of addresses stand before the additions.
struct family {
    unsigned char code;
    int of;
    std::size_t size;
};
constexpr std::array<family, 4> families{{
    {0x00, AF_UNSPEC, 0},
    {0x11, AF_INET, 12},
    {0x21, AF_INET6, 36},
    {0x31, AF_UNIX, 216},
}};

unsigned char byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

// Decimal, without leading zeros.
std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return port;
}

std::string_view next_word(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

}  // namespace

proxy_header_reader::state proxy_header_reader::read(std::string_view& input) {
    while (!introduced()) {
        if (input.empty()) return state::incomplete;
        take(input, header_.size() + 1);
        if (!line_start.starts_with(header_) && !signature.starts_with(header_)) return state::refused;
    }
    return header_.starts_with(line_start) ? read_line(input) : read_binary(input);
}

bool proxy_header_reader::introduced() const {
    return header_.size() >= signature.size() || header_.starts_with(line_start);
}

// True when the header has that many bytes now.
bool proxy_header_reader::take(std::string_view& input, std::size_t up_to) {
    const std::size_t part = std::min(up_to - header_.size(), input.size());
    header_ += input.substr(0, part);
    input.remove_prefix(part);
    return header_.size() == up_to;
}

proxy_header_reader::state proxy_header_reader::read_line(std::string_view& input) {
    const std::size_t room = longest_line - header_.size();
    const std::size_t end = input.substr(0, room).find('\n');
    if (end == std::string_view::npos) {
        take(input, header_.size() + std::min(room, input.size()));
        return header_.size() == longest_line ? state::refused : state::incomplete;
    }
    take(input, header_.size() + end + 1);
    return understand_line() ? state::complete : state::refused;
}

bool proxy_header_reader::understand_line() {
    std::string_view rest = header_;
    if (!rest.ends_with("\r\n")) return false;
    rest.remove_suffix(2);
    rest.remove_prefix(line_start.size());
    const std::string_view protocol = next_word(rest);
    if (protocol == "UNKNOWN") return true;  // whatever follows is not for us
    const int of = protocol == "TCP4" ? AF_INET : protocol == "TCP6" ? AF_INET6 : AF_UNSPEC;
    if (of == AF_UNSPEC) return false;
    const std::string source(next_word(rest));
    const std::string destination(next_word(rest));
    const auto source_port = read_port(next_word(rest));
    // What is left is the last word: a space in it would make it no number.
    const auto destination_port = read_port(rest);
    const auto client = read_endpoint(of, source, source_port.value_or(0));
    if (!client || !read_endpoint(of, destination, 0) || !source_port || !destination_port) return false;
    client_ = *client;
    return true;
}

proxy_header_reader::state proxy_header_reader::read_binary(std::string_view& input) {
    if (header_.size() < fixed_part) {
        if (!take(input, fixed_part)) return state::incomplete;
        const unsigned char command = byte_at(header_, 12);
        if (command != command_local && command != command_proxy) return state::refused;
    }
    const std::size_t whole = fixed_part + number_at(header_, 14);
    if (whole > longest_binary) return state::refused;
    if (!take(input, whole)) return state::incomplete;
    return understand_binary() ? state::complete : state::refused;
}

bool proxy_header_reader::understand_binary() {
    // The proxy speaks for itself, as in its health checks: all else is to be skipped unseen.
    if (byte_at(header_, 12) == command_local) return true;
    const auto found = std::ranges::find(families, byte_at(header_, 13), &family::code);
    if (found == families.end() || header_.size() < fixed_part + found->size) return false;
    if (!walk_additions(fixed_part + found->size)) return false;
    const char* const addresses = header_.data() + fixed_part;
    if (found->of == AF_INET) client_ = make_endpoint(AF_INET, addresses, number_at(header_, fixed_part + 8));
    if (found->of == AF_INET6)
        client_ = make_endpoint(AF_INET6, addresses, number_at(header_, fixed_part + 32));
    if (found->of == AF_UNIX) client_.emplace();
    return true;
}

// Type, length, value, up to the header's last byte.
bool proxy_header_reader::walk_additions(std::size_t at) const {
    constexpr std::size_t head = 3;
    bool summed = false;
    while (at < header_.size()) {
        if (header_.size() - at < head) return false;
        const std::size_t length = number_at(header_, at + 1);
        if (header_.size() - at - head < length) return false;
        if (byte_at(header_, at) == addition_crc32c) {
            if (length != 4 || summed || !checksum_fits(at + head)) return false;
            summed = true;
        }
        at += head + length;
    }
    return true;
}

// Over the whole header, its own four bytes taken as zero.
bool proxy_header_reader::checksum_fits(std::size_t at) const {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> sum;
    constexpr std::string_view zeros = "\0\0\0\0"sv;
    sum.process_bytes(header_.data(), at);
    sum.process_bytes(zeros.data(), zeros.size());
    sum.process_bytes(header_.data() + at + 4, header_.size() - at - 4);
    const std::uint32_t written = std::uint32_t{number_at(header_, at)} << 16 | number_at(header_, at + 2);
    return sum.checksum() == written;
}

}  // namespace meerkat::net
