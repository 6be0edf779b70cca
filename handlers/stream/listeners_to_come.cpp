#include "handlers/stream/listeners_to_come.hpp"

#include "config/table.hpp"
#include "gateway/net/listener_options.hpp"
#include "gateway/net/tls_options.hpp"
#include "handlers/stream/c2s_options.hpp"

#include <cstdint>
#include <string>

namespace meerkat {

using namespace config;

namespace {

struct tls_to_come {
    net::tls_options options;
};

table<tls_to_come> tls_with_mode(net::tls_of owner, const std::string& mode) {
    table<tls_to_come> t{
        known("mode",
              one_of<std::string>(
                  {{"tls", "tls"}, {"starttls", "starttls"}, {"starttls_required", "starttls_required"}}),
              mode, "TLS from the first byte, offered by STARTTLS, or demanded by it.")
            .since("6.4.0"_r),
    };
    t.include(&tls_to_come::options, net::tls_table(owner));
    return t;
}

struct socket_to_come {
    net::listener_options socket;
};

// What both kinds have in common with each other.
table<socket_to_come> stream_socket_table() {
    using bytes = std::uint64_t;
    table<socket_to_come> t{
        known("hibernate_after", limited(milliseconds(0)), limit(std::chrono::milliseconds(0)),
              "Silence after which a connection gives memory back."),
        known("backlog", integer<int>(0), 1024, "Connections the system holds until accepted."),
        known("max_connections", limited(integer<bytes>(1)), limit<bytes>::infinity(),
              "Open connections at which accepting pauses.")
            .since("6.4.0"_r),
        known("max_stanza_size", limited(integer<bytes>(1)), limit<bytes>(262'144),
              "Bytes a stanza may have; a larger one ends the stream."),
        known("num_acceptors", integer<bytes>(1), 100, "Number of accepting processes."),
        known("reuse_port", boolean(), false, "A listening socket for each shard.").since("6.4.0"_r),
        known("shaper", non_empty_text(), "none",
              "The shaper that bounds what a connection may send; \"none\" for no bound."),
        known("state_timeout", limited(milliseconds(0)), limit(std::chrono::milliseconds(5000)),
              "Time for each step until the stream is open.")
            .since("6.4.0"_r),
    };
    t.include(&socket_to_come::socket, net::listener_table());
    return t;
}

table<socket_to_come> s2s_table() {
    auto t = stream_socket_table();
    t.add(known_section("tls", tls_with_mode(net::tls_of::s2s, "starttls"),
                        "Certificate and TLS; without this table there is no TLS."))
        .add(known("max_fsm_queue", integer<std::uint64_t>(1), std::nullopt,
                   "Stanzas that may wait for a connection.")
                 .until("6.0.0"_r));
    t.modernize(old_backlog);
    return t;
}

table<socket_to_come> component_table() {
    auto t = stream_socket_table();
    t.add(known("access", non_empty_text(), "all",
                "The access rule that the sender of a stanza to the component must pass."))
        .add(known_required("password", non_empty_text(), "The secret a component proves to know, XEP-0114.")
                 .secret())
        .add(known("check_from", boolean(), true, "Components send from their own domain only."))
        .add(known("hidden_components", boolean(), false, "Keeps them out of service discovery."))
        .add(known("conflict_behaviour",
                   one_of<std::string>({{"disconnect", "disconnect"}, {"kick_old", "kick_old"}}),
                   "disconnect",
                   "When a component's domain is taken: the newcomer is refused, or the older one ended."))
        .add(known_section("tls", tls_with_mode(net::tls_of::component, "tls"),
                           "Certificate and TLS; without this table there is no TLS."));
    return t;
}

table<socket_to_come> service_table() {
    auto t = component_table();
    t.without_keys({"tls", "max_connections", "reuse_port", "state_timeout"})
        .add(older("shaper_rule", non_empty_text(), "4.0.0"_r, "6.3.3"_r, renamed("shaper"),
                   "Older name of shaper."))
        .add(known("max_fsm_queue", integer<std::uint64_t>(1), std::nullopt,
                   "Stanzas that may wait for a component.")
                 .until("6.3.3"_r));
    t.modernize(old_backlog);
    return t;
}

}  // namespace

void old_backlog(rewriter& r, node& listener) {
    if (r.read_as() >= "6.1.0"_r || listener.find("backlog")) return;
    constexpr std::int64_t back_then = 100;
    r.put(listener, "backlog", {"backlog", listener.where(), node(back_then, listener.where())});
}

std::vector<option> listeners_to_come() {
    std::vector<option> all;
    all.push_back(sections_not_yet("s2s", s2s_table(), without::blocks, "Sockets for other servers."));
    auto component = component_table();
    component.add(known("max_fsm_queue", integer<std::uint64_t>(1), std::nullopt,
                        "Stanzas that may wait for a component.")
                      .until("6.3.3"_r));
    all.push_back(
        sections_not_yet("component", component, without::blocks, "Sockets for components, XEP-0114.")
            .since("6.4.0"_r));
    all.push_back(older_sections("service", service_table(), "4.0.0"_r, "6.3.3"_r, renamed("component"),
                                 "Older name of listen.component."));
    return all;
}

}  // namespace meerkat
