#pragma once
// A program that others wrote and that the server works with, such as a proxy, as long as a test needs it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace meerkat::testing {

class other_program {
public:
    // Runs it in the foreground; returns when it listens on all these ports of 127.0.0.1. What it says goes
    // into the file `log`, which the message of a failure holds.
    other_program(const std::vector<std::string>& arguments, const std::vector<std::uint16_t>& ports,
                  std::filesystem::path log);
    ~other_program();  // kills it
    other_program(const other_program&) = delete;
    other_program& operator=(const other_program&) = delete;

private:
    void wait_for(std::uint16_t port);

    std::filesystem::path log_;
    pid_t process_ = -1;
};

// Nobody listens on it now.
std::uint16_t free_port();

}  // namespace meerkat::testing
