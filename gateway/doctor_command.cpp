#include "gateway/doctor_command.hpp"

#include "gateway/configuration.hpp"
#include "gateway/doctor/ares_resolver.hpp"
#include "gateway/doctor/examination.hpp"
#include "gateway/doctor/this_machine.hpp"

#include <iostream>

namespace meerkat {

namespace {

// What `meerkat check` says belongs to the visit too, in one sentence.
doctor::finding judge_file(const configuration_reading& reading, const std::string& file) {
    doctor::finding found;
    const std::string where = "the configuration file " + file;
    const std::string see = "meerkat check " + file + " says what and where";
    if (!reading.servable()) {
        found = doctor::problem("not_servable", where,
                                "asks for what this release lacks and must not leave out", see);
    } else if (!reading.findings.empty()) {
        found = doctor::advice("remarks", where, "is accepted, with remarks", see);
    } else {
        found = doctor::fine("accepted", where, "is accepted");
    }
    found.subject = "configuration";
    return found;
}

doctor::findings refusal(const configuration_reading& reading) {
    doctor::findings all;
    for (const config::diagnostic& each : reading.findings) {
        if (each.level != config::severity::error) continue;
        std::string where = each.file;
        if (each.where.line != 0) where += ", line " + std::to_string(each.where.line);
        if (!each.path.empty()) where += ", " + each.path;
        all.push_back(doctor::problem(each.reason, std::move(where), each.text, each.hint));
        all.back().subject = "configuration";
    }
    return all;
}

}  // namespace

int run_doctor(const std::filesystem::path& file, bool json) {
    const configuration_reading reading = load_configuration(file);
    doctor::findings all;
    if (reading.accepted() && reading.modern) {
        const doctor::site examined{*reading.value, *reading.modern, file};
        doctor::this_machine here(doctor::make_ares_resolver());
        all = doctor::examine(examined, here);
        all.insert(all.begin(), judge_file(reading, file.string()));
    } else if (json) {
        all = refusal(reading);
    } else {
        for (const config::diagnostic& each : reading.findings) std::cerr << config::render(each) << '\n';
        std::cerr << file.string() << ": not examined, because of the errors above\n";
        return 1;
    }
    std::cout << (json ? doctor::report_json(all, file.string()) : doctor::report(all));
    return doctor::exit_code(all);
}

}  // namespace meerkat
