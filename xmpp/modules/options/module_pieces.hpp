#pragma once
// Shapes of values and small tables for the modules of known_group_modules.hpp; pieces that all modules share
// stand in known_modules.hpp.

#include "config/table.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::module_pieces {

// One of a closed list of strings that nothing acts on yet.
config::shape<std::string> one_word_of(std::initializer_list<const char*> words);
// An integer without an upper bound; `unit` stands behind it in messages: " (days)".
config::shape<std::int64_t> at_least(std::int64_t min, std::string_view unit = {});
config::shape<std::string> domain_name();
// A module's own domain: a full one, or "conference.@HOST@" for one below each domain that is served.
config::shape<std::string> host_template();
// The name of code that was loaded into the original.
config::shape<std::string> code_name();

// [async_writer] with the number of writers alone.
config::option async_writer_pool();
// What a module remembers of its users; an entry lives for `usual_minutes` if nothing else is said.
config::option cache(std::string key, std::int64_t usual_minutes, std::string meaning);

}  // namespace meerkat::module_pieces
