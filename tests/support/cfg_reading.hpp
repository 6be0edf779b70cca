#pragma once
// Files of the oldest form, read for tests.

#include "gateway/cfg/cfg_file.hpp"
#include "tests/support/shown_node.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace meerkat::test {

struct cfg_reading {
    config::node root;
    config::diagnostics findings;
};

inline std::string all(const config::diagnostics& findings) {
    std::string text;
    for (const auto& d : findings) text += render(d) + '\n';
    return text;
}

// A file that is at least a sequence of terms.
inline cfg_reading read(const std::string& text) {
    cfg_reading r;
    auto root = read_cfg(text, "m.cfg", r.findings);
    INFO(text);
    INFO(all(r.findings));
    REQUIRE(root);
    r.root = std::move(*root);
    return r;
}

// The only finding there is about a file.
inline config::diagnostic finding_of(const std::string& text) {
    const cfg_reading r = read(text);
    INFO(text);
    INFO(all(r.findings));
    REQUIRE(r.findings.size() == 1);
    return r.findings.front();
}

}  // namespace meerkat::test
