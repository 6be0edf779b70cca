#pragma once
// What the tests of the doctor share: a world that answers what they like, and findings as text.

#include "gateway/doctor/finding.hpp"
#include "gateway/doctor/site.hpp"
#include "gateway/doctor/world.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace meerkat::doctor {

// Knows the names it was told of; nothing else exists.
class fake_resolver final : public resolver {
public:
    std::map<std::string, std::vector<std::string>> addresses;
    std::map<std::string, std::vector<service>> services;
    std::set<std::string> silent;  // names about which nobody answers
    bool hangs = false;            // nobody answers about anything
    std::vector<std::string> asked;

    std::vector<answer> resolve(const std::vector<question>& questions,
                                std::chrono::steady_clock::time_point) override {
        std::vector<answer> answers;
        for (const question& each : questions) {
            asked.push_back(each.name);
            answers.push_back(about(each));
        }
        return answers;
    }

private:
    answer about(const question& each) const {
        answer a;
        if (hangs || silent.contains(each.name)) {
            a.reason = "no answer in time";
            return a;
        }
        const auto here = addresses.find(each.name);
        const auto there = services.find(each.name);
        if (each.type == record_type::address && here != addresses.end()) a.addresses = here->second;
        if (each.type == record_type::srv && there != services.end()) a.services = there->second;
        const bool any = !a.addresses.empty() || !a.services.empty();
        a.what = any ? answer::outcome::found : answer::outcome::nothing;
        return a;
    }
};

// Every file is there, closed to others; every port is free; the year is 2030.
class fake_world final : public world {
public:
    std::chrono::system_clock::time_point time = std::chrono::sys_days{std::chrono::year{2030} / 6 / 1};
    std::map<std::string, file_facts> files;
    std::set<std::string> missing;
    std::optional<std::uint64_t> space = std::uint64_t{4} << 30;
    std::optional<std::uint64_t> descriptors = 1'048'576;
    std::map<std::uint16_t, port_facts> ports;
    std::filesystem::path trusted;
    fake_resolver dns;

    std::chrono::system_clock::time_point now() const override { return time; }
    std::optional<file_facts> look_at(const std::filesystem::path& file) const override {
        if (missing.contains(file.string())) return std::nullopt;
        const auto found = files.find(file.string());
        return found == files.end() ? file_facts{false, 0600, true, true} : found->second;
    }
    std::optional<std::uint64_t> free_space(const std::filesystem::path&) const override { return space; }
    std::optional<std::uint64_t> descriptor_limit() const override { return descriptors; }
    port_facts try_port(const std::string&, std::uint16_t port) const override {
        const auto found = ports.find(port);
        return found == ports.end() ? port_facts{} : found->second;
    }
    std::filesystem::path authorities() const override { return trusted; }
    resolver& names() override { return dns; }
};

// "problem: <what was looked at>: <found> [reason]", then "    <to do>" where there is something to do.
inline std::vector<std::string> as_text(const findings& all) {
    std::vector<std::string> lines;
    for (const finding& each : all) {
        lines.push_back(std::string(to_string(each.level)) + ": " + each.looked_at + ": " + each.found +
                        " [" + each.reason + "]");
        if (!each.to_do.empty()) lines.push_back("    " + each.to_do);
    }
    return lines;
}

// One subject's findings about a configuration that serves `hosts` and goes on with `more`.
inline std::vector<std::string> examined(findings (*subject)(const site&, world&), world& around,
                                         const std::string& more, const std::string& hosts = "\"localhost\"",
                                         const std::string& data_dir = "data") {
    const std::string text = "[general]\nhosts = [" + hosts + "]\ndata_dir = \"" + data_dir + "\"\n" + more;
    const configuration_reading reading = read_configuration(text, "meerkat.toml");
    std::string errors;
    for (const auto& each : reading.findings) errors += config::render(each) + '\n';
    INFO(errors);
    REQUIRE(reading.accepted());
    REQUIRE(reading.modern);
    return as_text(subject({*reading.value, *reading.modern, "meerkat.toml"}, around));
}

using lines = std::vector<std::string>;

// The same about a file of which only the tree matters: it may name what this release does not know.
inline lines examined_tree(findings (*subject)(const site&, world&), world& around, const std::string& text) {
    const configuration_reading smallest = read_configuration("[general]\nhosts = [\"localhost\"]\n", "f");
    REQUIRE(smallest.accepted());
    config::diagnostics errors;
    const auto document = config::read_document(text, "f", errors);
    REQUIRE(document);
    return as_text(subject({*smallest.value, *document, "meerkat.toml"}, around));
}

}  // namespace meerkat::doctor
