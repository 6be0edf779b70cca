#pragma once
// {listen, [{Port, Module, Options}, ...]} and what stands in it.

#include "gateway/cfg/cfg_file.hpp"
#include "gateway/cfg/translation.hpp"

namespace meerkat::cfg {

// One listener, into [[listen.<type>]] of the document.
void convert_listener(translation& t, node& root, const term& listener);

// {Host, Path, Handler} or {Host, Path, Handler, Options}, into [[handlers.<type>]] of its listener.
void convert_handler(translation& t, node& listener, const term& handler);
// The options of a handler by its name alone, into a table that is made already.
void convert_handler_options(translation& t, node& into, const std::string& handler, const property& p);

// {proto, Protocol} among the options.
void put_listener_protocol(translation& t, node& table, const property& p);

// What has an option, documented or not: null if nothing has.
const cfg_option* find_listener_option(std::string_view listener, std::string_view key);
const cfg_option* find_handler_option(std::string_view handler, std::string_view key);
// For suggestions.
std::vector<std::string> listener_option_names(std::string_view listener);
std::vector<std::string> handler_option_names(std::string_view handler);
std::vector<std::string> handler_names();

// Options that files have and the documents of that form do not.
const std::vector<cfg_option>& undocumented_listener_options();

}  // namespace meerkat::cfg
