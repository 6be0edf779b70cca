#include "handlers/stream/c2s_options.hpp"

#include "config/table.hpp"
#include "handlers/stream/listeners_to_come.hpp"

namespace meerkat {

using namespace config;

namespace {

// Up to 5.0 the table alone switched nothing on.
void modernize_c2s(rewriter& r, node& listener) {
    old_backlog(r, listener);
    const node* const tls = listener.find("tls");
    if (!tls || !tls->table() || tls->find("mode") || r.read_as() >= "5.1.0"_r) return;
    r.warn(tls->where(), "old_default",
           "the tls table has no mode: in files of " + to_string(r.read_as()) + " this means no TLS at all",
           "remove the table, or write mode = \"starttls\"");
    std::erase_if(*listener.table(), [](const member& m) { return m.key == "tls"; });
}

}  // namespace

table<c2s_listener_options> c2s_listener_table() {
    using tls = c2s_tls_options;
    table<tls> tls_entries{
        optional("mode", &tls::mode,
                 one_of<tls_mode>({{"tls", tls_mode::tls},
                                   {"starttls", tls_mode::starttls},
                                   {"starttls_required", tls_mode::starttls_required}}),
                 "TLS from the first byte, offered by STARTTLS, or demanded by it.")
            .reload(),
    };
    tls_entries.include(&tls::options, net::tls_table(net::tls_of::c2s));

    using l = c2s_listener_options;
    table<l> t{
        optional("backlog", &l::backlog, integer<int>(0), "Connections the system holds until accepted.")
            .reload(),
        optional("max_connections", &l::max_connections, limited(integer<std::size_t>(1)),
                 "Open connections at which accepting pauses.")
            .reload(),
        accepted("num_acceptors", integer<std::int64_t>(1), 100,
                 "Number of accepting processes in the files of the original; accepting needs none here."),
        optional(
            "reuse_port", &l::reuse_port, boolean(),
            "A listening socket for each shard, over which the system spreads connections. It comes with "
            "a listener that a reload adds, but needs a restart where one is there already.")
            .since("6.1.0"_r)
            .reload(),
        optional("zlib", &l::zlib, limited(integer<std::size_t>(1)),
                 "Offers stream compression (XEP-0138) after sign-in; bytes a stanza may grow to.")
            .until("6.0.0"_r)
            .reload(),
        older("xml_socket", boolean(), "4.0.0"_r, "5.0.1"_r, dropped("nothing ever depended on it"),
              "A flag of Flash clients."),
        older("c2s_state_timeout", limited(milliseconds(0)), "6.1.0"_r, "6.2.1"_r, renamed("state_timeout"),
              "Older name of state_timeout."),
        section("tls", &l::tls, tls_entries, "Certificate and TLS; without this table there is no TLS."),
    };
    auto client = client_table();
    client.without_keys({"max_fsm_queue"}).add(queue_option().until("6.0.0"_r));
    client.released("state_timeout", "6.3.0"_r)
        .released("backwards_compatible_session", "6.1.0"_r)
        .released("allowed_auth_methods", "5.1.0"_r);
    t.include(&l::socket, net::listener_table()).include(&l::client, client);
    t.released("max_connections", "6.1.0"_r).modernize(modernize_c2s);
    return t;
}

}  // namespace meerkat
