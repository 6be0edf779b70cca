#pragma once
// Conversations as text: "juliet/balcony sends ... romeo/orchard receives ...", with XML that is indented.
// tests/scenarios/scripts/README.md describes the language; scripted_play runs it.

#include <string>
#include <string_view>
#include <vector>

namespace meerkat::testing {

struct script_line {
    std::size_t number = 0;
    std::string actor;  // "juliet/balcony"; a bare name where no session is meant
    std::string verb;   // "sends", "comes online", "receives in any order"
    std::string block;  // the indented text below, or what stands behind the verb
};

struct script {
    std::string title;
    std::string file;
    std::vector<script_line> lines;
};

// Throws with file and line when a line makes no sense.
std::vector<script> read_scripts(std::string_view text, const std::string& file);
std::vector<script> load_scripts(const std::string& folder);  // all *.txt, by name

}  // namespace meerkat::testing
