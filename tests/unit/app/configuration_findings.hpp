#pragma once
// What is said about small configuration files, for tests of single options.

#include "gateway/configuration.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

namespace meerkat::testing {

inline const std::string smallest = "[general]\nhosts = [\"h\"]\ndefault_server_domain = \"h\"\n";

inline std::string listing(const configuration_reading& reading) {
    std::string all;
    for (const auto& d : reading.findings) all += config::render(d) + '\n';
    return all;
}

// What is said about the smallest file with `more` behind it.
inline configuration_reading with(const std::string& more) {
    return read_configuration(smallest + "[auth.internal]\n" + more, "f");
}

inline configuration accepted(const std::string& more) {
    auto reading = with(more);
    INFO(listing(reading));
    REQUIRE(reading.accepted());
    CHECK(reading.findings.empty());
    CHECK(reading.servable());
    return *reading.value;
}

// The single finding about `more`.
inline config::diagnostic finding(const std::string& more) {
    const auto reading = with(more);
    INFO(listing(reading));
    REQUIRE(reading.findings.size() == 1);
    CHECK(reading.accepted() == (reading.findings[0].level != config::severity::error));
    return reading.findings[0];
}

// PEM files by their first lines only.
struct pem_files {
    temporary_directory folder;
    std::string cert = write("cert.pem", "-----BEGIN CERTIFICATE-----\n");
    std::string key = write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
    std::string both = write("both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n");

    std::string write(const std::string& name, const std::string& content) {
        std::ofstream(folder / name) << content;
        return (folder / name).string();
    }
};

}  // namespace meerkat::testing
