#pragma once
// A listening UNIX socket and its file: takes the place of one that a killed server left behind, never of one
// that somebody answers at.

#include "gateway/base/error.hpp"
#include "gateway/net/owned_descriptor.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace meerkat::net {

struct unix_socket {
    owned_descriptor descriptor;
    // Removes the file, if it is still this socket's, when its last owner is gone.
    std::shared_ptr<void> file;
};

// Binds and listens, non-blocking. `mode`: the access rights of the file; unset, the process's umask decides.
// unavailable: why not, in a sentence.
result<unix_socket> listen_at(const std::filesystem::path& path, std::optional<unsigned> mode, int backlog);

}  // namespace meerkat::net
