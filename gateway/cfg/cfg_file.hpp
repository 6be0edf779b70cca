#pragma once
// Reads the oldest form of configuration, a `.cfg` file of Erlang terms (releases 3.2.0 to 4.0.1), as the
// document that the TOML file of release 4.0.1 would have been. What follows takes it for a file of that
// release: today's spelling, checks and defaults come from the option tables, as for every older file.

#include "config/diagnostic.hpp"
#include "config/document.hpp"
#include "config/terms.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

namespace cfg {
class translation;
struct property;
}  // namespace cfg

// One option of a listener in its Erlang form.
struct cfg_option {
    std::string path;      // as documents name it: `ejabberd_c2s: {backlog, N}`
    std::string type;      // what may stand there
    std::string fallback;  // what holds without it
    std::string meaning;   // one sentence, with the place of it in TOML

    std::string listener;               // the module whose option it is; empty: of every listener
    std::vector<std::string> handlers;  // of these HTTP handlers; empty: of the listener itself
    std::string key;                    // empty: the handler, or the listener, as such
    // Writes it into the table of the listener or of the handler.
    std::function<void(cfg::translation&, config::node&, const cfg::property&)> apply;
};

// Every listener option the documents of that form have.
const std::vector<cfg_option>& cfg_listener_options();

// The document, or nothing if the file is no sequence of terms. Whatever else is wrong is a finding, and the
// rest is read: a document with errors among the findings is only good for finding more.
std::optional<config::node> read_cfg(std::string_view text, std::string_view file,
                                     config::diagnostics& findings);

}  // namespace meerkat
