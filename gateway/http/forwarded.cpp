#include "gateway/http/forwarded.hpp"

#include "gateway/http/syntax.hpp"
#include "gateway/net/socket_address.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace meerkat::http {

namespace {

constexpr std::string_view forwarded = "Forwarded";
constexpr std::string_view forwarded_for = "X-Forwarded-For";
constexpr std::string_view forwarded_proto = "X-Forwarded-Proto";

// One proxy's word: who connected to it, and how.
struct hop {
    std::optional<net::endpoint> from;  // nothing: unknown, hidden, or not to be understood
    std::optional<bool> encrypted;
};
using hops = std::vector<hop>;  // the client's own comes first

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

// A port may be hidden too ("_x"): then it is not known, which is no reason to doubt the address.
std::optional<net::endpoint> with_port(int family, std::string_view ip, std::string_view port) {
    const std::uint16_t number = port.empty() ? 0 : read_port(port.substr(1)).value_or(0);
    if (!port.empty() && port.front() != ':') return std::nullopt;
    return net::read_endpoint(family, std::string(ip), number);
}

// RFC 7239, 6, and what is written into X-Forwarded-For: 192.0.2.1, 192.0.2.1:80, [2001:db8::1]:80, and
// 2001:db8::1.
std::optional<net::endpoint> read_node(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        return with_port(AF_INET6, text.substr(1, end - 1), text.substr(end + 1));
    }
    const std::size_t colon = text.find(':');
    if (colon != text.rfind(':')) return with_port(AF_INET6, text, {});
    if (colon == std::string_view::npos) return with_port(AF_INET, text, {});
    return with_port(AF_INET, text.substr(0, colon), text.substr(colon));
}

bool is_encrypted(std::string_view scheme) {
    return equal_ignoring_case(scheme, "https") || equal_ignoring_case(scheme, "wss");
}

// Reads one field line of RFC 7239, 4. Whoever forges its beginning must not change how its end is read: what
// is malformed makes the whole worthless.
class forwarded_line {
public:
    explicit forwarded_line(std::string_view text) : rest_(text) {}

    bool read(hops& into) {
        do {
            hop element;
            if (!read_element(element)) return false;
            into.push_back(std::move(element));
        } while (take(','));
        skip_spaces();
        return rest_.empty();
    }

private:
    bool read_element(hop& into) {
        std::vector<std::string> seen;
        do {
            skip_spaces();
            if (rest_.empty() || rest_.front() == ';' || rest_.front() == ',') continue;
            std::string name = to_lower(read_while(is_token_character));
            std::string value;
            if (name.empty() || !take('=') || !read_value(value)) return false;
            if (std::ranges::find(seen, name) != seen.end()) return false;
            if (name == "for") into.from = read_node(value);
            if (name == "proto") into.encrypted = is_encrypted(value);
            seen.push_back(std::move(name));
            skip_spaces();
        } while (take(';'));
        return true;
    }

    bool read_value(std::string& into) {
        if (take('"')) return read_quoted(into);
        // Addresses with a port belong in quotes; that many leave them out harms nobody.
        into = read_while(
            [](unsigned char c) { return is_token_character(c) || c == ':' || c == '[' || c == ']'; });
        return !into.empty();
    }

    bool read_quoted(std::string& into) {
        while (!rest_.empty()) {
            char c = take_one();
            if (c == '"') return true;
            if (c == '\\') {
                if (rest_.empty()) return false;
                c = take_one();
            }
            into += c;
        }
        return false;
    }

    template <class Allowed>
    std::string read_while(Allowed allowed) {
        std::string taken;
        while (!rest_.empty() && allowed(static_cast<unsigned char>(rest_.front()))) taken += take_one();
        return taken;
    }
    char take_one() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    bool take(char expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_spaces() {
        while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
    }

    std::string_view rest_;
};

std::optional<hops> read_forwarded(const fields& sent) {
    hops all;
    for (const auto& [name, value] : sent) {
        if (equal_ignoring_case(name, forwarded) && !forwarded_line(value).read(all)) return std::nullopt;
    }
    return all;
}

std::vector<std::string> list_of(const fields& sent, std::string_view name) {
    std::vector<std::string> all;
    for (const auto& [key, value] : sent) {
        if (!equal_ignoring_case(key, name)) continue;
        for (std::string_view rest = value; !rest.empty();) all.emplace_back(next_list_element(rest));
    }
    return all;
}

// The scheme is one for each address where every proxy adds to both fields; where only one field grows, the
// last word is the nearest proxy's.
hops read_x_forwarded(const fields& sent) {
    hops all;
    const auto addresses = list_of(sent, forwarded_for);
    const auto schemes = list_of(sent, forwarded_proto);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        hop each{read_node(addresses[i]), {}};
        if (!schemes.empty())
            each.encrypted = is_encrypted(schemes.size() == addresses.size() ? schemes[i] : schemes.back());
        all.push_back(std::move(each));
    }
    return all;
}

// From the nearest proxy back to the first who is not trusted: that is the client, and what it says of
// others is its own affair.
forwarded_client walk(const hops& all, const net::endpoint& peer, const net::address_ranges& trusted) {
    forwarded_client found{peer, false};
    for (auto each = all.rbegin(); each != all.rend(); ++each) {
        if (!each->from) break;
        found = {*each->from, each->encrypted.value_or(false)};
        if (!trusted.contains(found.peer.ip)) break;
    }
    return found;
}

}  // namespace

result<std::optional<forwarded_client>> find_client(const fields& sent, const net::endpoint& peer,
                                                    const net::address_ranges& trusted) {
    std::optional<forwarded_client> found;
    if (trusted.empty() || !trusted.contains(peer.ip)) return found;
    const bool one = sent.get(forwarded).has_value();
    const bool other = sent.get(forwarded_for).has_value();
    if (other) found = walk(read_x_forwarded(sent), peer, trusted);
    if (!one) return found;
    const auto all = read_forwarded(sent);
    if (!all) return error(errc::invalid, "Forwarded is malformed");
    const forwarded_client said = walk(*all, peer, trusted);
    // A proxy that writes one of them passes the other on as the client sent it.
    if (found && found->peer.ip != said.peer.ip)
        return error(errc::invalid, "Forwarded and X-Forwarded-For name different clients");
    found = said;
    return found;
}

}  // namespace meerkat::http
