#pragma once
// The terms a file is made of, and what becomes of each. Every area has a table of its own; those of one
// domain stand in its host_config as well.

#include "gateway/cfg/translation.hpp"

#include <functional>
#include <vector>

namespace meerkat::cfg {

// What it means when a term is there twice.
enum class repetition : std::uint8_t {
    last_counts,
    last_of_a_name_counts,  // by the second element, or by the key's: {access, Name, ...}, {{s2s_host, Name},
                            // ...}
    all_count,
};

struct top_term {
    std::string name;
    std::size_t size = 2;  // of the tuple; 0: a bare name
    repetition twice = repetition::last_counts;
    // Writes it into the document, or into the table of a domain.
    std::function<void(translation&, node&, const term&)> apply;
    bool keyed = false;  // {{name, Of}, ...}
};

// The value as it is, at a path of the document.
std::function<void(translation&, node&, const term&)> value_at(std::string path);
// A name, or a list of them, as an array.
std::function<void(translation&, node&, const term&)> names_at(std::string path);

std::vector<top_term> general_terms();
std::vector<top_term> auth_terms();
std::vector<top_term> access_terms();
std::vector<top_term> s2s_terms();
std::vector<top_term> pool_terms();
std::vector<top_term> module_terms();

}  // namespace meerkat::cfg
