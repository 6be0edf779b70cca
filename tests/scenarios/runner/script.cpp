#include "tests/scenarios/runner/script.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace meerkat::testing {

namespace {

// Longer ones first, where one begins like another.
constexpr std::string_view verbs[] = {
    "receives in any order",
    "receives nothing",
    "receives",
    "sends",
    "comes online",
    "logs in by",
    "logs in with the password",
    "logs in",
    "fails to log in with the password",
    "opens a stream",
    "loses the connection",
    "closes the stream",
    "is ended with",
    "is ended",
    "has no account",
};

[[noreturn]] void refuse(const std::string& file, std::size_t number, const std::string& why) {
    throw std::runtime_error(file + ":" + std::to_string(number) + ": " + why);
}

script_line read_line(std::string_view text, const std::string& file, std::size_t number) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) refuse(file, number, "an actor and what it does are wanted");
    script_line line{number, std::string(text.substr(0, space)), {}, {}};
    const std::string_view rest = text.substr(space + 1);
    for (const std::string_view verb : verbs) {
        if (!rest.starts_with(verb)) continue;
        line.verb = verb;
        const std::string_view more = rest.substr(verb.size());
        if (!more.empty()) line.block = more.substr(1);
        return line;
    }
    refuse(file, number, "nobody can \"" + std::string(rest) + "\"");
}

}  // namespace

std::vector<script> read_scripts(std::string_view text, const std::string& file) {
    std::vector<script> scripts;
    std::istringstream in{std::string(text)};
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.empty()) continue;
        if (line.starts_with("## ")) {
            scripts.push_back({line.substr(3), file, {}});
        } else if (line.starts_with('#')) {
            continue;
        } else if (scripts.empty()) {
            refuse(file, number, "a conversation begins with ## and its title");
        } else if (line.starts_with(' ')) {
            if (scripts.back().lines.empty()) refuse(file, number, "nobody says this");
            scripts.back().lines.back().block += line.substr(line.find_first_not_of(' ')) + "\n";
        } else {
            scripts.back().lines.push_back(read_line(line, file, number));
        }
    }
    return scripts;
}

std::vector<script> load_scripts(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::directory_iterator(folder))
        if (each.path().extension() == ".txt") files.push_back(each.path());
    std::sort(files.begin(), files.end());
    std::vector<script> all;
    for (const auto& file : files) {
        std::ifstream in(file);
        std::stringstream text;
        text << in.rdbuf();
        for (script& each : read_scripts(text.str(), file.filename().string()))
            all.push_back(std::move(each));
    }
    return all;
}

}  // namespace meerkat::testing
