#pragma once
// Where a server's control socket is.

#include <filesystem>

namespace meerkat {

inline std::filesystem::path control_socket_in(const std::filesystem::path& data_dir) {
    return data_dir / "control";
}

}  // namespace meerkat
