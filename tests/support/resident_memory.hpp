#pragma once
// What this process holds of the machine's memory, exactly: the counters in statm are only near it.

#include <cstddef>
#include <fstream>
#include <string>

namespace meerkat::testing {

// In bytes, of what is its own. Nothing to go by under a sanitizer.
inline std::size_t resident_memory() {
    std::ifstream in("/proc/self/smaps_rollup");
    for (std::string word; in >> word;) {
        std::size_t kilobytes = 0;
        if (word == "Private_Dirty:" && in >> kilobytes) return kilobytes * 1024;
    }
    return 0;
}

}  // namespace meerkat::testing
