#include "gateway/config_commands/check.hpp"

#include "gateway/configuration.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace meerkat::config_commands {

namespace {

boost::json::object as_json(const config::diagnostic& d) {
    boost::json::object o;
    o["severity"] = config::to_string(d.level);
    o["line"] = d.where.line;
    o["column"] = d.where.column;
    o["path"] = d.path;
    o["reason"] = d.reason;
    o["text"] = d.text;
    if (!d.hint.empty()) o["hint"] = d.hint;
    return o;
}

void print_json(const configuration_reading& reading, const std::filesystem::path& file) {
    boost::json::object report;
    report["file"] = file.string();
    report["accepted"] = reading.accepted();
    report["servable"] = reading.servable();
    report["read_as"] = config::to_string(reading.generation.read_as);
    if (!reading.generation.because.empty()) report["because"] = reading.generation.because;
    if (!reading.generation.mixed.empty()) report["mixed"] = reading.generation.mixed;
    boost::json::array findings;
    for (const config::diagnostic& each : reading.findings) findings.push_back(as_json(each));
    report["findings"] = std::move(findings);
    std::cout << boost::json::serialize(report) << "\n";
}

void print_text(const configuration_reading& reading, const std::filesystem::path& file) {
    for (const config::diagnostic& each : reading.findings) std::cerr << config::render(each) << "\n";
    const std::string generation = sentence(reading.generation);
    if (!generation.empty()) std::cout << file.string() << ": " << generation << "\n";
    if (!reading.accepted()) return;
    std::cout << file.string() << ": accepted"
              << (reading.servable() ? "" : ", but this release cannot serve it yet") << "\n";
}

}  // namespace

int check(const check_options& how) {
    const configuration_reading reading = load_configuration(how.file, how.as);
    if (how.json) {
        print_json(reading, how.file);
    } else {
        print_text(reading, how.file);
    }
    if (!reading.accepted()) return 1;
    return reading.findings.empty() ? 0 : 2;
}

}  // namespace meerkat::config_commands
