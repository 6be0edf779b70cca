#include "handlers/stream/c2s_options.hpp"

#include "config/table.hpp"

namespace meerkat {

using namespace config;

table<c2s_listener_options> c2s_listener_table() {
    using tls = c2s_tls_options;
    table<tls> tls_entries{
        optional("mode", &tls::mode,
                 one_of<tls_mode>({{"tls", tls_mode::tls},
                                   {"starttls", tls_mode::starttls},
                                   {"starttls_required", tls_mode::starttls_required}}),
                 "TLS from the first byte, offered by STARTTLS, or demanded by it."),
        not_yet("keep_secrets", boolean(), false, without::warns,
                "Writes session keys to a file, for looking into connections."),
    };
    tls_entries.include(&tls::options, net::tls_table());

    using l = c2s_listener_options;
    table<l> t{
        optional("backlog", &l::backlog, integer<int>(0), "Connections the system holds until accepted."),
        optional("max_connections", &l::max_connections, limited(integer<std::size_t>(1)),
                 "Open connections at which accepting pauses.")
            .reload(),
        accepted("num_acceptors", integer<std::int64_t>(1), 100,
                 "Number of accepting processes in the files of the original; accepting needs none here."),
        not_yet("reuse_port", boolean(), false, without::warns, "A listening socket for each shard."),
        section("tls", &l::tls, tls_entries, "Certificate and TLS; without this table there is no TLS."),
    };
    t.include(&l::socket, net::listener_table()).include(&l::client, client_table());
    return t;
}

}  // namespace meerkat
