#pragma once
// Schema versions: each store numbers its own steps, and the file remembers how many of them it has seen.

#include "gateway/base/error.hpp"
#include "gateway/db/connection.hpp"

#include <span>
#include <string_view>

namespace meerkat::db {

// Version n of a store is the file after its first n steps. A step, once released, is never changed: what
// is wrong with it is put right by the next.
struct schema {
    std::string_view store;                   // a word, never reused for something else
    std::span<const std::string_view> steps;  // SQL scripts
};

// Runs the missing steps of all schemas in one transaction. Refuses (errc::invalid, with a sentence for the
// operator) a file which a newer release has written.
result<void> bring_up_to_date(connection& c, std::span<const schema> schemas);

}  // namespace meerkat::db
