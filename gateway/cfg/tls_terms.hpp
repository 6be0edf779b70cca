#pragma once
// TLS options in their Erlang forms.

#include "gateway/cfg/translation.hpp"

namespace meerkat::cfg {

// The option list of Erlang's ssl application, as [tls] of a listener or of a connection to elsewhere. What
// has no counterpart is refused by name.
void listener_tls(translation& t, node& tls, const term& options);
void connection_tls(translation& t, node& tls, const term& options);

// The three atoms that switch TLS on for clients: `tls` goes before `starttls_required`, that before
// `starttls`.
void choose_tls_mode(node& listener, std::string_view mode, place where);
// After the options of a listener for clients: without one of the atoms there is no TLS; with one, clients'
// certificates are not asked for unless the file says so.
void finish_client_tls(translation& t, node& listener);

}  // namespace meerkat::cfg
