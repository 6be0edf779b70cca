#include "gateway/doctor/this_machine.hpp"

#include "gateway/doctor/port_probe.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meerkat::doctor {

namespace {

constexpr unsigned permission_bits = 07777;

bool allowed(const std::filesystem::path& file, int access) {
    return ::faccessat(AT_FDCWD, file.c_str(), access, AT_EACCESS) == 0;
}

}  // namespace

std::chrono::system_clock::time_point this_machine::now() const { return std::chrono::system_clock::now(); }

std::optional<file_facts> this_machine::look_at(const std::filesystem::path& file) const {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    file_facts facts;
    facts.directory = S_ISDIR(status.st_mode);
    facts.mode = status.st_mode & permission_bits;
    facts.readable = allowed(file, facts.directory ? R_OK | X_OK : R_OK);
    facts.writable = allowed(file, facts.directory ? W_OK | X_OK : W_OK);
    return facts;
}

std::optional<std::uint64_t> this_machine::free_space(const std::filesystem::path& folder) const {
    std::error_code failure;
    const auto space = std::filesystem::space(folder, failure);
    if (failure) return std::nullopt;
    return space.available;
}

std::optional<std::uint64_t> this_machine::descriptor_limit() const {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return std::nullopt;
    return limit.rlim_max;
}

port_facts this_machine::try_port(const std::string& ip, std::uint16_t port) const {
    return probe_port(ip, port);
}

}  // namespace meerkat::doctor
