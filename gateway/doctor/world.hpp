#pragma once
// The doctor's view of the machine, as an interface: what a subject cannot read from the configuration it
// asks here. `this_machine` is the real one; tests have one that answers what they like. Certificates and
// keys themselves are read from their files.

#include "gateway/doctor/resolver.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace meerkat::doctor {

struct file_facts {
    bool directory = false;
    unsigned mode = 0;  // the permission bits
    // By this process, whose user the server is supposed to have.
    bool readable = false;
    bool writable = false;

    bool others_may(unsigned bits) const { return (mode & bits) != 0; }
    bool group_may(unsigned bits) const { return (mode >> 3 & bits) != 0; }
};

struct port_facts {
    enum class state : std::uint8_t {
        free,
        taken,
        forbidden,  // below 1024, say
        not_here,   // no interface of this machine has the address
        unusable,   // for another reason
    };
    state what = state::free;
    std::string reason;   // of unusable: the system's words
    std::string user;     // of taken: who listens there; empty if unknown
    std::string program;  // likewise
    int process = 0;      // likewise; 0 if unknown
};

class world {
public:
    virtual ~world() = default;

    virtual std::chrono::system_clock::time_point now() const = 0;
    // Nothing where there is no such file. Follows symbolic links.
    virtual std::optional<file_facts> look_at(const std::filesystem::path& file) const = 0;
    // Bytes that may still be written there; nothing if that cannot be told.
    virtual std::optional<std::uint64_t> free_space(const std::filesystem::path& folder) const = 0;
    // The most files a process may open; nothing if there is no limit.
    virtual std::optional<std::uint64_t> descriptor_limit() const = 0;
    virtual port_facts try_port(const std::string& ip, std::uint16_t port) const = 0;
    // A PEM file of the authorities that are trusted; empty: the system's own list.
    virtual std::filesystem::path authorities() const = 0;
    virtual resolver& names() = 0;
};

}  // namespace meerkat::doctor
