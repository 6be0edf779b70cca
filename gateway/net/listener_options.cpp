#include "gateway/net/listener_options.hpp"

#include "config/table.hpp"
#include "gateway/net/listening_sockets.hpp"

#include <charconv>
#include <string_view>

namespace meerkat::net {

using namespace config;

namespace {

shape<std::int64_t> family() {
    auto number = whole_number(4, 6);
    number.kind.numbers = {4, 6};
    const std::string expected = "4 or 6";
    return {expected,
            [expected](reader& r, const node& n) -> std::optional<std::int64_t> {
                const std::int64_t* value = n.integer();
                if (value && (*value == 4 || *value == 6)) return *value;
                r.refuse(n, value ? "validate_enum_failed" : "wrong_type", expected);
                return std::nullopt;
            },
            number.show, number.kind};
}

constexpr std::string_view unix_prefix = "unix:";

bool is_unix_socket(const node& listener) {
    const node* const address = listener.find("ip_address");
    return address && address->text() && address->text()->starts_with(unix_prefix);
}

// A UNIX socket's path stands where the address does.
shape<std::string> address_or_socket() {
    auto address = ip_address();
    auto read_address = address.read;
    address.expected += ", or \"unix:\" and the path of a socket";
    address.read = [read_address, expected = address.expected](reader& r,
                                                               const node& n) -> std::optional<std::string> {
        const std::string* const text = n.text();
        if (!text || !text->starts_with(unix_prefix)) return read_address(r, n);
        if (text->size() > unix_prefix.size() && text->find('\0') == std::string::npos) return *text;
        r.refuse(n, "invalid_socket_path", expected);
        return std::nullopt;
    };
    return address;
}

// Octal digits in a string, as chmod takes them.
shape<unsigned> access_rights() {
    auto digits = text();
    digits.kind.example = "0660";
    const std::string expected = "access rights as chmod takes them, such as \"0660\"";
    return {expected,
            [expected](reader& r, const node& n) -> std::optional<unsigned> {
                const std::string* const text = n.text();
                unsigned mode = 0;
                const char* const end = text ? text->data() + text->size() : nullptr;
                const bool sound = text && !text->empty() &&
                                   std::from_chars(text->data(), end, mode, 8).ptr == end && mode <= 0777;
                if (sound) return mode;
                r.refuse(n, text ? "invalid_mode" : "wrong_type", expected);
                return std::nullopt;
            },
            [](const unsigned& mode) {
                std::string shown = "\"0000\"";
                for (std::size_t i = 0; i < 3; ++i)
                    shown[4 - i] = static_cast<char>('0' + (mode >> (3 * i) & 7U));
                return shown;
            },
            digits.kind};
}

void settle_unix(reader& r, const node& section, listener_options& l) {
    l.unix_path = l.ip_address.substr(unix_prefix.size());
    l.ip_address.clear();
    l.port = 0;
    for (const char* const key : {"port", "ip_version"}) {
        if (const node* const written = section.find(key))
            r.warn(written->where(), "no_effect", std::string(key) + " has no effect on a UNIX socket",
                   "remove it");
    }
}

void settle_address(reader& r, const node& section, listener_options& l) {
    if (l.ip_address.starts_with(unix_prefix)) return settle_unix(r, section, l);
    if (const node* const mode = section.find("unix_mode"))
        r.warn(mode->where(), "no_effect", "unix_mode is of UNIX sockets only", "remove it");
    if (l.ip_address.empty()) {
        l.ip_address = l.ip_version == 6 ? "::" : "0.0.0.0";
        return;
    }
    const std::int64_t written = l.ip_address.find(':') == std::string::npos ? 4 : 6;
    if (!l.ip_version || *l.ip_version == written) return;
    r.error(section.where(), "ip_version_mismatch",
            "ip_version is " + std::to_string(*l.ip_version) + ", but ip_address is of version " +
                std::to_string(written),
            "remove ip_version: the address says it");
}

}  // namespace

std::string listener_options::name() const {
    return unix_path.empty() ? "port " + std::to_string(port) : "unix:" + unix_path;
}

table<listener_options> listener_table() {
    using l = listener_options;
    table<l> t{
        required("port", &l::port, integer<std::uint16_t>(0, 65535),
                 "The port, which only a UNIX socket does without; 0 takes any free one.")
            .unless(is_unix_socket)
            .reload(),
        optional("ip_address", &l::ip_address, address_or_socket(),
                 "The address listened on; if unset, all of the machine's (\"0.0.0.0\", or \"::\" with "
                 "ip_version = 6). Or \"unix:PATH\", a UNIX socket.")
            .reload(),
        optional("ip_version", &l::ip_version, family(), "The version of IP, where no address says it.")
            .reload(),
        accepted("proto", one_of<bool>({{"tcp", true}}), true, "The transport: always TCP."),
        optional("unix_mode", &l::unix_mode, access_rights(),
                 "Access rights of a UNIX socket, in octal; if unset, what the umask leaves.")
            .own()
            .reload(),
        optional("proxy_protocol", &l::proxy_protocol, boolean(),
                 "Every connection begins with a PROXY header, version 1 or 2, that names the real client.")
            .reload(),
    };
    t.place_in(&l::where).check(settle_address);
    return t;
}

listen_settings settings_from(const listener_options& options) {
    listen_settings settings;
    settings.ip_address = options.ip_address;
    settings.port = options.port;
    settings.unix_path = options.unix_path;
    settings.unix_mode = options.unix_mode;
    return settings;
}

}  // namespace meerkat::net
