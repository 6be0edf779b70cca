#include "gateway/net/unix_address.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace meerkat::net {

unix_address::~unix_address() {
    if (folder_ >= 0) ::close(folder_);
}

result<unix_address> unix_address::of(const std::filesystem::path& socket) {
    unix_address made;
    made.address_.sun_family = AF_UNIX;
    std::string name = socket.string();
    if (name.size() >= sizeof made.address_.sun_path) {
        made.folder_ = ::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (made.folder_ < 0) return error(errc::unavailable, name + ": " + std::strerror(errno));
        name = "/proc/self/fd/" + std::to_string(made.folder_) + '/' + socket.filename().string();
        if (name.size() >= sizeof made.address_.sun_path)
            return error(errc::invalid, socket.string() + ": the name is too long for a socket");
    }
    std::memcpy(made.address_.sun_path, name.c_str(), name.size() + 1);
    return made;
}

}  // namespace meerkat::net
