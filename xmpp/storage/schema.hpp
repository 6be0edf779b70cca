#pragma once
// The tables of the embedded database, as the steps that made them.

#include "gateway/db/schema.hpp"

#include <span>

namespace meerkat::storage {

std::span<const db::schema> sqlite_schemas();

}  // namespace meerkat::storage
