#include "gateway/net/listener_options.hpp"

#include "config/table.hpp"

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

// A UNIX socket's path stands where the address does.
shape<std::string> address_or_socket() {
    auto address = ip_address();
    auto read_address = address.read;
    address.read = [read_address](reader& r, const node& n) -> std::optional<std::string> {
        if (!n.text() || !n.text()->starts_with("unix:")) return read_address(r, n);
        r.used_without_effect(n.where(), without::blocks);
        return "127.0.0.1";
    };
    return address;
}

void settle_address(reader& r, const node& section, listener_options& l) {
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

table<listener_options> listener_table() {
    using l = listener_options;
    table<l> t{
        required("port", &l::port, integer<std::uint16_t>(0, 65535), "The port; 0 takes any free one."),
        optional("ip_address", &l::ip_address, address_or_socket(),
                 "The address listened on; if unset, all of the machine's (\"0.0.0.0\", or \"::\" with "
                 "ip_version = 6)."),
        optional("ip_version", &l::ip_version, family(), "The version of IP, where no address says it."),
        accepted("proto", one_of<bool>({{"tcp", true}}), true, "The transport: always TCP."),
        not_yet("unix_mode", text(), std::nullopt, without::warns,
                "Access rights of a UNIX socket, in octal.")
            .own(),
        not_yet("proxy_protocol", boolean(), false, without::blocks,
                "Every connection begins with a PROXY header that names the real client."),
    };
    t.place_in(&l::where).check(settle_address);
    return t;
}

}  // namespace meerkat::net
