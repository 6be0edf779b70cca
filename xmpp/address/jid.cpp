#include "xmpp/address/jid.hpp"

#include "xmpp/address/stringprep.hpp"
#include "xmpp/xml/element.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>

namespace meerkat {

namespace {

constexpr std::size_t largest_part = 1023;  // RFC 7622, 3.1
constexpr std::size_t largest_label = 63;   // RFC 1035, 2.3.4

enum allowed : std::uint8_t { prepared_local = 1, prepared_domain = 2, prepared_resource = 4 };

// ASCII that the preparation of a part leaves as it is.
constexpr auto prepared = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0x20; c < 0x7f; ++c) table[c] = prepared_resource;
    for (unsigned c = 0x21; c < 0x7f; ++c) table[c] |= prepared_local;
    for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] &= prepared_resource;
    for (const char c : {'"', '&', '\'', '/', ':', '<', '>', '@'})
        table[static_cast<unsigned char>(c)] &= prepared_resource;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] |= prepared_domain;
    for (unsigned c = '0'; c <= '9'; ++c) table[c] |= prepared_domain;
    for (const char c : {'-', '.', '_'}) table[static_cast<unsigned char>(c)] |= prepared_domain;
    return table;
}();

bool consists_of(std::string_view text, allowed what) {
    for (const char c : text)
        if ((prepared[static_cast<unsigned char>(c)] & what) == 0) return false;
    return true;
}

bool fits(std::string_view part) { return !part.empty() && part.size() <= largest_part; }

bool is_ascii(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

bool is_ipv6_literal(std::string_view domain) {
    if (domain.size() < 4 || domain.front() != '[' || domain.back() != ']') return false;
    const std::string inside(domain.substr(1, domain.size() - 2));
    in6_addr ignored{};
    return inside.find('\0') == std::string::npos && inet_pton(AF_INET6, inside.c_str(), &ignored) == 1;
}

// Loose on purpose: underscores and labels that begin or end with a hyphen are in use. Beyond ASCII, nameprep
// is what decides.
bool has_good_labels(std::string_view domain) {
    std::size_t label = 0;
    bool ascii = true;
    for (const char c : domain) {
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
            ascii = true;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (prepared[byte] & prepared_domain) == 0) return false;
        ascii = ascii && byte < 0x80;
        if (++label > largest_label && ascii) return false;
    }
    return label != 0;
}

bool is_prepared_domain(std::string_view domain) {
    return fits(domain) && consists_of(domain, prepared_domain) && has_good_labels(domain);
}

// Full stops of other scripts separate labels too (RFC 3490, 3.1). Nameprep makes U+FF0E a full stop and
// U+FF61 an U+3002.
void replace_full_stops(std::string& domain) {
    constexpr std::string_view ideographic = "\xe3\x80\x82";
    for (std::size_t at = domain.find(ideographic); at != std::string::npos;
         at = domain.find(ideographic, at))
        domain.replace(at, ideographic.size(), ".");
}

struct parts {
    std::string_view local, domain, resource;
    bool has_local = false, has_resource = false;
};

// RFC 7622, 3.2: the first slash, then the first at sign before it.
parts split(std::string_view text) {
    parts found;
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        found.has_resource = true;
        found.resource = text.substr(slash + 1);
        text = text.substr(0, slash);
    }
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        found.has_local = true;
        found.local = text.substr(0, at);
        text = text.substr(at + 1);
    }
    found.domain = text;
    return found;
}

std::optional<jid> assemble(const parts& from) {
    const std::optional<std::string> local = from.has_local ? nodeprep(from.local) : std::string();
    const std::optional<std::string> domain = nameprep(from.domain);
    const std::optional<std::string> resource =
        from.has_resource ? resourceprep(from.resource) : std::string();
    if (!local || !domain || !resource) return std::nullopt;
    return jid::of_prepared(*local, *domain, *resource);
}

bool is_prepared(const parts& of) {
    return (!of.has_local || (fits(of.local) && consists_of(of.local, prepared_local))) &&
           (!of.has_resource || (fits(of.resource) && consists_of(of.resource, prepared_resource))) &&
           is_prepared_domain(of.domain);
}

}  // namespace

std::optional<jid_view> parse_jid(std::string_view text, xml::arena& memory) {
    const parts found = split(text);
    if (is_prepared(found)) {
        const std::size_t resource = found.has_resource ? found.resource.size() + 1 : 0;
        return jid_view(text, static_cast<std::uint16_t>(found.local.size()),
                        static_cast<std::uint16_t>(text.size() - resource));
    }
    const std::optional<jid> made = assemble(found);
    if (!made) return std::nullopt;
    const jid_view view = made->view();
    return jid_view(memory.copy(view.text_), view.local_size_, view.bare_size_);
}

std::optional<jid> jid::parse(std::string_view text) {
    const parts found = split(text);
    if (is_prepared(found)) return of_prepared(found.local, found.domain, found.resource);
    return assemble(found);
}

std::optional<jid> jid::make(std::string_view local, std::string_view domain, std::string_view resource) {
    const parts given{local, domain, resource, !local.empty(), !resource.empty()};
    if (is_prepared(given)) return of_prepared(local, domain, resource);
    return assemble(given);
}

jid jid::of_prepared(std::string_view local, std::string_view domain, std::string_view resource) {
    jid made;
    made.text_.reserve(local.size() + domain.size() + resource.size() + 2);
    if (!local.empty()) {
        made.text_ += local;
        made.text_ += '@';
    }
    made.text_ += domain;
    made.local_size_ = static_cast<std::uint16_t>(local.size());
    made.bare_size_ = static_cast<std::uint16_t>(made.text_.size());
    if (!resource.empty()) {
        made.text_ += '/';
        made.text_ += resource;
    }
    return made;
}

std::optional<std::string> nodeprep(std::string_view local) {
    if (!fits(local)) return std::nullopt;
    if (consists_of(local, prepared_local)) return std::string(local);
    return prepare(local, stringprep_profile::nodeprep, largest_part);
}

std::optional<std::string> nameprep(std::string_view domain) {
    const bool rooted = domain.ends_with('.');
    if (rooted) domain.remove_suffix(1);
    if (!fits(domain)) return std::nullopt;
    if (is_prepared_domain(domain)) return std::string(domain);
    std::optional<std::string> made = prepare(domain, stringprep_profile::nameprep, largest_part);
    if (!made) return std::nullopt;
    if (!is_ascii(*made)) replace_full_stops(*made);
    if (!rooted && made->ends_with('.')) made->pop_back();
    if (!fits(*made) || (!is_ipv6_literal(*made) && !has_good_labels(*made))) return std::nullopt;
    return made;
}

std::optional<std::string> resourceprep(std::string_view resource) {
    if (!fits(resource)) return std::nullopt;
    if (consists_of(resource, prepared_resource)) return std::string(resource);
    return prepare(resource, stringprep_profile::resourceprep, largest_part);
}

std::optional<std::string> saslprep(std::string_view text) {
    if (!fits(text)) return std::nullopt;
    if (consists_of(text, prepared_resource)) return std::string(text);
    return prepare(text, stringprep_profile::saslprep, largest_part);
}

}  // namespace meerkat
