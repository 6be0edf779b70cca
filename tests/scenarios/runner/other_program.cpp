#include "tests/scenarios/runner/other_program.hpp"

#include "tests/scenarios/runner/connection.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace meerkat::testing {

namespace {

constexpr std::chrono::seconds patience{30};

std::string text_of(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

other_program::other_program(const std::vector<std::string>& arguments,
                             const std::vector<std::uint16_t>& ports, std::filesystem::path log)
    : log_(std::move(log)) {
    std::vector<char*> list;
    for (const std::string& each : arguments) list.push_back(const_cast<char*>(each.c_str()));
    list.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        ::execvp(list.front(), list.data());
        ::_exit(127);
    }
    for (const std::uint16_t port : ports) wait_for(port);
}

other_program::~other_program() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
}

void other_program::wait_for(std::uint16_t port) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            const connection there(port);
            return;
        } catch (const std::runtime_error&) {
            int status = 0;
            if (::waitpid(process_, &status, WNOHANG) != 0) {
                process_ = -1;
                throw std::runtime_error("the program has ended: " + text_of(log_));
            }
            if (std::chrono::steady_clock::now() > deadline)
                throw silence("the program does not listen: " + text_of(log_));
            std::this_thread::yield();
        }
    }
}

std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error("no port is free");
    return ntohs(address.sin_port);
}

}  // namespace meerkat::testing
