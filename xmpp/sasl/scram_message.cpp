#include "xmpp/sasl/scram_message.hpp"

#include "gateway/base/encoding.hpp"

#include <algorithm>

namespace meerkat::sasl {

namespace {

// Takes a message apart at its commas, front to back.
class attributes {
public:
    explicit attributes(std::string_view text) : rest_(text) {}

    // The value of the attribute `name`, which has to come next.
    std::optional<std::string_view> take(char name) {
        if (!next_is(name)) return std::nullopt;
        const std::string_view whole = *take_piece();
        return whole.substr(2);
    }

    // The next piece up to its comma; nothing at the end.
    std::optional<std::string_view> take_piece() {
        if (done_) return std::nullopt;
        const std::size_t comma = rest_.find(',');
        const std::string_view piece = rest_.substr(0, comma);
        done_ = comma == std::string_view::npos;
        rest_ = done_ ? std::string_view() : rest_.substr(comma + 1);
        return piece;
    }

    bool next_is(char name) const {
        return !done_ && rest_.size() >= 2 && rest_[0] == name && rest_[1] == '=';
    }
    bool done() const { return done_; }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool done_ = false;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// attr-val = ALPHA "=" value, the value one character at least and without NUL.
bool is_extension(std::string_view piece) {
    return piece.size() >= 3 && is_letter(piece[0]) && piece[1] == '=' &&
           piece.find('\0') == std::string_view::npos;
}

// printable = %x21-2B / %x2D-7E; the comma cannot be here any more.
bool is_nonce(std::string_view text) {
    const auto printable = [](char c) { return c >= 0x21 && c <= 0x7e; };
    return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

bool is_binding_type(std::string_view text) {
    const auto allowed = [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// saslname: '=' only as "=2C" for a comma and "=3D" for itself.
std::optional<std::string> decode_name(std::string_view text) {
    if (text.empty() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '=') {
            name += text[i];
            continue;
        }
        const std::string_view code = text.substr(i, 3);
        if (code != "=2C" && code != "=3D") return std::nullopt;
        name += code == "=2C" ? ',' : '=';
        i += 2;
    }
    return name;
}

bool take_header(attributes& from, client_first& into) {
    const auto flag = from.take_piece();
    if (!flag || from.done()) return false;
    if (*flag == "n") {
        into.flag = binding_flag::unsupported;
    } else if (*flag == "y") {
        into.flag = binding_flag::not_advertised;
    } else if (flag->starts_with("p=") && is_binding_type(flag->substr(2))) {
        into.flag = binding_flag::used;
        into.binding_type = flag->substr(2);
    } else {
        return false;
    }
    const auto authzid = from.take_piece();
    if (!authzid || from.done()) return false;
    if (authzid->empty()) return true;
    if (!authzid->starts_with("a=")) return false;
    auto name = decode_name(authzid->substr(2));
    if (!name) return false;
    into.authzid = std::move(*name);
    return true;
}

}  // namespace

std::optional<client_first> parse_client_first(std::string_view message, bool& mandatory_extension) {
    if (!is_utf8(message)) return std::nullopt;
    client_first first{};
    attributes pieces(message);
    if (!take_header(pieces, first)) return std::nullopt;
    first.bare = pieces.rest();
    first.gs2_header = message.substr(0, message.size() - first.bare.size());

    mandatory_extension = pieces.next_is('m');
    if (mandatory_extension) return std::nullopt;
    const auto user = pieces.take('n');
    const auto nonce = pieces.take('r');
    if (!user || !nonce || !is_nonce(*nonce)) return std::nullopt;
    while (const auto extension = pieces.take_piece()) {
        if (!is_extension(*extension)) return std::nullopt;
    }
    auto name = decode_name(*user);
    if (!name) return std::nullopt;
    first.user = std::move(*name);
    first.nonce = *nonce;
    return first;
}

std::optional<client_final> parse_client_final(std::string_view message, bool& mandatory_extension) {
    if (!is_utf8(message)) return std::nullopt;
    attributes pieces(message);
    mandatory_extension = false;
    const auto binding = pieces.take('c');
    const auto nonce = pieces.take('r');
    if (!binding || !nonce || !is_nonce(*nonce)) return std::nullopt;
    while (!pieces.done() && !pieces.next_is('p')) {
        mandatory_extension = pieces.next_is('m');
        const auto extension = pieces.take_piece();
        if (mandatory_extension || !is_extension(*extension)) return std::nullopt;
    }
    if (pieces.done()) return std::nullopt;
    const std::size_t proof_size = pieces.rest().size();
    const auto proof = pieces.take('p');
    if (!proof || !pieces.done()) return std::nullopt;  // the proof comes last

    auto bound = from_base64(*binding);
    auto proven = from_base64(*proof);
    if (!bound || !proven) return std::nullopt;
    return client_final{.binding = std::move(*bound),
                        .nonce = *nonce,
                        .proof = std::move(*proven),
                        .without_proof = message.substr(0, message.size() - proof_size - 1)};
}

}  // namespace meerkat::sasl
