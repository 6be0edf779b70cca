#pragma once
// The options of modules that this release knows and does not run yet, by theme, and the pieces that several
// of them share. modules_options.cpp joins them with the running modules.

#include "config/option.hpp"
#include "config/rewriter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meerkat {

std::vector<config::option> stream_modules();
std::vector<config::option> token_modules();
std::vector<config::option> user_data_modules();
std::vector<config::option> pubsub_modules();
std::vector<config::option> older_modules();  // which only older releases had
config::option global_distribution();

// For the table of [modules]: what sections of older files meant there.
void tell_pubsub_modules_apart(config::rewriter&, config::node& modules);
void add_built_in_presence(config::rewriter&, config::node& modules);
// For the table of the whole file.
void move_bosh_to_its_service(config::rewriter&, config::node& root);

// What several modules have in common:

// [iqdisc]: stanzas here need no queues between processes, so it is checked and draws one remark.
config::option iqdisc(config::release since = config::releases::first_toml);

// "backend" of a module that does not run yet: one of `words`.
config::option known_backend(const std::vector<std::string>& words,
                             const std::optional<std::string>& fallback, std::string meaning);

// [riak] of the releases up to 6.1.0, with options that are all strings.
config::option riak(const std::vector<std::string>& keys);

// [wpool]: processes that share a module's work.
config::option worker_pool(const std::string& strategy);

// The entry, and all inside of it, in these releases only.
config::option throughout(config::option entry, config::release_range releases);

// What becomes of older spellings, besides the rewritings of rewriter.hpp. `stays`: they are there to tell
// the release, and the table around decides what becomes of them. `moved_inside`: to [section] of the same
// table.
config::rewriting stays();
config::rewriting moved_inside(std::string section, std::string key);

// The value of a key, an empty table if it was not there; null if it is something else than a table.
config::node* table_inside(config::node& table, const std::string& key, config::place where);
// Removes a key from a table.
std::optional<config::member> take_member(config::node& table, std::string_view key);

}  // namespace meerkat
