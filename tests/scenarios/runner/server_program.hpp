#pragma once
// The program as it is installed, in a process of its own: what signals, other programs and a kill do to it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace meerkat::testing {

class server_program {
public:
    // Serves the configuration file in a folder, whose `data` is the server's own; returns when it listens.
    // Its standard error goes into `log` there. It inherits these listening sockets as systemd passes them.
    explicit server_program(std::filesystem::path folder, const std::vector<int>& sockets = {});
    ~server_program();  // kills it
    server_program(const server_program&) = delete;
    server_program& operator=(const server_program&) = delete;

    void kill();
    void signal(int number) const;

    // By the order of the file, clients' listeners before those for HTTP.
    std::uint16_t port(std::size_t listener = 0) const { return ports_.at(listener); }
    // Returns when the log holds the text `times` times, or throws `silence`.
    void wait_for_log(const std::string& text, int times = 1) const;
    std::string log() const;

    // What the process takes of the machine now.
    struct usage {
        std::size_t resident_bytes = 0;
        std::chrono::milliseconds processor{};  // of all threads, since its start
    };
    usage taken() const;

private:
    void wait_for_ports();

    std::filesystem::path folder_;
    pid_t process_ = -1;
    std::vector<std::uint16_t> ports_;
};

// Runs the program with arguments to its end.
struct program_outcome {
    int status = -1;
    std::string output;  // of both kinds
};
program_outcome run_program(const std::vector<std::string>& arguments);

}  // namespace meerkat::testing
