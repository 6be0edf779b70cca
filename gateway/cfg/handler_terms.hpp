#pragma once
// What becomes of HTTP handlers and their options: the `apply` of their entries in listener_options.cpp. Each
// writes into the table of the handler; the property is the option, or, for a handler as a whole, its name
// with the option list as value.

#include "gateway/cfg/translation.hpp"

namespace meerkat::cfg {

void no_handler_options(translation& t, node& handler, const property& p);
void any_handler_options(translation& t, node& handler, const property& p);  // they had no effect
void misspelt_contacts(translation& t, node& handler, const property& p);
void handler_credentials(translation& t, node& handler, const property& p);
void handler_names_of_api(translation& t, node& handler, const property& p);
void ping_rate(translation& t, node& handler, const property& p);
void component_over_websocket(translation& t, node& handler, const property& p);
void custom_headers(translation& t, node& handler, const property& p);
void plain_http_handler(translation& t, node& handler, const property& p);
void websocket_handler(translation& t, node& handler, const property& p);
void event_handler(translation& t, node& handler, const property& p);
void static_files(translation& t, node& handler, const property& p);

}  // namespace meerkat::cfg
