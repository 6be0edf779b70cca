#include "tests/scenarios/runner/server_program.hpp"

#include "tests/scenarios/runner/connection.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
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

// In the child: becomes the program.
[[noreturn]] void become(const std::vector<std::string>& arguments) {
    std::vector<char*> list;
    std::string name = MEERKAT_PROGRAM;
    list.push_back(name.data());
    for (const std::string& each : arguments) list.push_back(const_cast<char*>(each.c_str()));
    list.push_back(nullptr);
    ::execv(name.c_str(), list.data());
    ::_exit(127);
}

// In the child: sd_listen_fds(3).
void pass(const std::vector<int>& sockets) {
    constexpr int first = 3;
    std::vector<int> copies;
    const int beyond = first + static_cast<int>(sockets.size());
    for (const int each : sockets) copies.push_back(::fcntl(each, F_DUPFD, beyond));
    for (std::size_t i = 0; i < copies.size(); ++i) ::dup2(copies[i], first + static_cast<int>(i));
    for (const int each : copies) ::close(each);
    ::setenv("LISTEN_FDS", std::to_string(sockets.size()).c_str(), 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", "some:names", 1);
}

}  // namespace

server_program::server_program(std::filesystem::path folder, const std::vector<int>& sockets)
    : folder_(std::move(folder)) {
    std::filesystem::remove(folder_ / "data" / "addresses.json");
    const std::vector<std::string> arguments{"serve", "--config", (folder_ / "meerkat.toml").string()};
    const std::string log = (folder_ / "log").string();
    process_ = ::fork();
    if (process_ == 0) {
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out, STDERR_FILENO);
        if (!sockets.empty()) pass(sockets);
        become(arguments);
    }
    wait_for_ports();
}

server_program::~server_program() { kill(); }

void server_program::kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
}

void server_program::signal(int number) const { ::kill(process_, number); }

// The file appears whole, once the server listens.
void server_program::wait_for_ports() {
    const auto addresses = folder_ / "data" / "addresses.json";
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!std::filesystem::exists(addresses)) {
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) != 0)
            throw std::runtime_error("the server did not start: " + log());
        if (std::chrono::steady_clock::now() > deadline) throw silence("the server does not listen");
        std::this_thread::yield();
    }
    const std::string all = text_of(addresses);
    constexpr std::string_view key = "\"port\": ";
    for (std::size_t at = all.find(key); at != std::string::npos; at = all.find(key, at + 1))
        ports_.push_back(static_cast<std::uint16_t>(std::stoi(all.substr(at + key.size()))));
}

std::string server_program::log() const { return text_of(folder_ / "log"); }

void server_program::wait_for_log(const std::string& text, int times) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const std::string all = log();
        int found = 0;
        for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++found;
        if (found >= times) return;
        if (std::chrono::steady_clock::now() > deadline) throw silence("the log lacks " + text + ":\n" + all);
        std::this_thread::yield();
    }
}

server_program::usage server_program::taken() const {
    const std::string proc = "/proc/" + std::to_string(process_);
    std::size_t size = 0, pages = 0;
    std::ifstream(proc + "/statm") >> size >> pages;
    // Behind the program's name in parentheses, the twelfth and thirteenth field: ticks as user and in the
    // kernel.
    std::ifstream status(proc + "/stat");
    status.ignore(1024, ')');
    std::string skipped;
    for (int i = 0; i < 11; ++i) status >> skipped;
    std::uint64_t user = 0, kernel = 0;
    status >> user >> kernel;
    const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return {pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)),
            std::chrono::milliseconds((user + kernel) * 1000 / ticks)};
}

program_outcome run_program(const std::vector<std::string>& arguments) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    const pid_t process = ::fork();
    if (process == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        become(arguments);
    }
    ::close(ends[1]);
    program_outcome outcome;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        outcome.output.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(process, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

}  // namespace meerkat::testing
