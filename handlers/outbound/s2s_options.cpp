#include "handlers/outbound/s2s_options.hpp"

#include "config/table.hpp"
#include "gateway/net/client_tls_options.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meerkat {

using namespace config;

namespace {

constexpr release regrouped = "6.4.0"_r;

shape<std::int64_t> port_number() { return whole_number(0, 65535); }
shape<std::int64_t> positive() { return whole_number(1, std::numeric_limits<std::int64_t>::max()); }

shape<std::int64_t> ip_version() {
    auto number = whole_number(4, 6);
    number.expected = "4 or 6";
    number.kind.numbers = {4, 6};
    number.read = [expected = number.expected](reader& r, const node& n) -> std::optional<std::int64_t> {
        const std::int64_t* const value = n.integer();
        if (value && (*value == 4 || *value == 6)) return *value;
        r.refuse(n, value ? "validate_enum_failed" : "wrong_type", expected);
        return std::nullopt;
    };
    return number;
}

shape<std::string> policy() { return one_of_words({"allow", "deny"}); }

known_table host_policy_table() {
    return {
        known_required("host", non_empty_text(), "The other server's domain."),
        known_required("policy", policy(), "Whether to talk to it."),
    };
}

// Without the direct TLS that came with the regrouping, it is the older [[s2s.address]].
known_table address_table(release since) {
    return {
        known_required("host", non_empty_text(), "The other server's domain.").since(since),
        known_required("ip_address", ip_address(), "Where it is, instead of what DNS says.").since(since),
        known("port", port_number(), std::nullopt, "Its port; if unset, s2s.outgoing.port.").since(since),
    };
}

known_table dns_table(release since) {
    return {
        known("timeout", seconds(1), std::chrono::seconds(10), "Time a look-up may take.").since(since),
        known("retries", positive(), 2, "How often a look-up is tried again.").since(since),
    };
}

known_table outgoing_table() {
    using std::chrono::milliseconds;
    known_table addresses = address_table(regrouped);
    addresses.add(known("tls", boolean(), false, "TLS from the first byte.").since(regrouped));
    known_table tls = net::client_tls_table(regrouped);
    tls.add(
           known(
               "mode", one_of_words({"tls", "starttls", "starttls_required"}), "starttls",
               "TLS from the first byte, by STARTTLS where the other server offers it, or by STARTTLS or not "
               "at all.")
               .since(regrouped))
        .add(known("keep_secrets", boolean(), false,
                   "Writes session keys to the file that SSLKEYLOGFILE names, for looking into connections.")
                 .since("6.6.0"_r));
    return {
        known_sections("address", addresses, "Servers that are not looked up in DNS.")
            .since(regrouped)
            .identified_by("host"),
        known("connection_timeout", limited(config::milliseconds(1)), limit(milliseconds(10'000)),
              "Time the other server has to take a connection."),
        known_section("dns", dns_table(regrouped), "How other servers are looked up.").since(regrouped),
        known("ip_versions", list(ip_version(), list_rule::unique_non_empty), std::vector<std::int64_t>{4, 6},
              "The versions of IP, in the order they are tried."),
        known("max_retry_delay", seconds(1), std::chrono::seconds(300),
              "Longest pause between attempts to connect.")
            .since(regrouped),
        known("max_stanza_size", limited(positive()), limit<std::int64_t>::infinity(),
              "Bytes a stanza that comes back may have; a larger one ends the stream.")
            .since(regrouped),
        known("port", port_number(), 5269, "The port connected to where DNS names none."),
        known("shaper", non_empty_text(), "none",
              "The shaper that bounds what the other server may send back; \"none\" for no bound.")
            .since(regrouped),
        known("state_timeout", limited(config::milliseconds(0)), limit(milliseconds(5000)),
              "Time for each step until the stream is open.")
            .since(regrouped),
        known("stream_timeout", limited(config::milliseconds(0)), limit(milliseconds(600'000)),
              "Silence after which a stream is closed.")
            .since(regrouped),
        known_section("tls", tls, "TLS; without this table there is none.").since(regrouped),
    };
}

void add_older(known_table& t) {
    const release first = releases::first_toml;
    const release last = "6.3.3"_r;
    known_table certificate{
        known_required("domain", non_empty_text(), "The domain."),
        known_required("certfile", non_empty_text(), "Its certificate and key (PEM)."),
    };
    t.add(older("use_starttls", one_of_words({"false", "optional", "required", "required_trusted"}), first,
                last, nullptr,
                "Whether connections are encrypted; today the tls tables of both directions say so."))
        .add(older("certfile", non_empty_text(), first, last, nullptr,
                   "Certificate and key, in both directions; today in the tls tables."))
        .add(older("ciphers", text(), first, last, nullptr, "Older place of s2s.outgoing.tls.ciphers."))
        .add(older_sections("address", address_table(first), first, last,
                            moved_within("outgoing.address", "s2s.outgoing.address"),
                            "Older place of s2s.outgoing.address."))
        .add(older_section("dns", dns_table(first), first, last,
                           moved_within("outgoing.dns", "s2s.outgoing.dns"),
                           "Older place of s2s.outgoing.dns."))
        .add(older("max_retry_delay", seconds(1), first, last,
                   moved_within("outgoing.max_retry_delay", "s2s.outgoing.max_retry_delay"),
                   "Older place of s2s.outgoing.max_retry_delay."))
        .add(older_sections("domain_certfile", certificate, first, "5.0.1"_r, nullptr,
                            "Certificates by domain; today in the tls tables of listeners."));
}

}  // namespace

option s2s_section(std::string meaning) {
    known_table t{
        known("default_policy", policy(), "allow",
              "Whether to talk to servers that host_policy does not name, in both directions."),
        known_sections("host_policy", host_policy_table(), "What holds for single servers.")
            .identified_by("host"),
        known("shared", non_empty_text(), std::nullopt,
              "The secret behind dialback keys (XEP-0185), the same on all machines; if unset, a random one.")
            .secret(),
        known_section("outgoing", outgoing_table(), "Connections to other servers."),
    };
    add_older(t);
    return section_not_yet("s2s", t, without::warns, std::move(meaning));
}

}  // namespace meerkat
