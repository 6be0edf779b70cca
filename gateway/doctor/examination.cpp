#include "gateway/doctor/examination.hpp"

#include "gateway/base/encoding.hpp"
#include "gateway/doctor/certificates.hpp"
#include "gateway/doctor/files.hpp"
#include "gateway/doctor/names.hpp"
#include "gateway/doctor/passwords.hpp"
#include "gateway/doctor/ports.hpp"
#include "gateway/doctor/timeouts.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace meerkat::doctor {

namespace {

struct subject {
    std::string_view name;
    findings (*examine)(const site&, world&);
};

constexpr std::array<subject, 6> subjects{{{"certificates", examine_certificates},
                                           {"ports", examine_ports},
                                           {"files", examine_files},
                                           {"names", examine_names},
                                           {"timeouts", examine_timeouts},
                                           {"passwords", examine_passwords}}};

constexpr std::array<severity, 3> most_urgent_first{severity::problem, severity::advice, severity::fine};

// Certificates, the DNS and the file are quoted in findings: control characters in them would forge lines,
// and bytes that are no text would break what reads the report.
std::string clean(const std::string& text) {
    const bool utf8 = is_utf8(text);
    std::string out = text;
    std::replace_if(
        out.begin(), out.end(),
        [utf8](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !utf8);
        },
        '?');
    return out;
}

auto count(const findings& all, severity level) {
    return std::count_if(all.begin(), all.end(),
                         [level](const finding& each) { return each.level == level; });
}

std::string line(const finding& each) {
    std::string text = std::string(to_string(each.level)) + ": " + clean(each.looked_at) + ": " +
                       clean(each.found) + " [" + each.reason + "]\n";
    if (!each.to_do.empty()) text += "    to do: " + clean(each.to_do) + '\n';
    return text;
}

}  // namespace

findings examine(const site& examined, world& around) {
    findings all;
    for (const subject& each : subjects) {
        for (finding& found : each.examine(examined, around)) {
            found.subject = each.name;
            all.push_back(std::move(found));
        }
    }
    return all;
}

int exit_code(const findings& all) {
    if (count(all, severity::problem) != 0) return 1;
    return count(all, severity::advice) != 0 ? 2 : 0;
}

std::string report(const findings& all) {
    std::string text;
    for (const severity level : most_urgent_first) {
        for (const finding& each : all) {
            if (each.level == level) text += line(each);
        }
    }
    const auto problems = count(all, severity::problem);
    return text + std::to_string(problems) + (problems == 1 ? " problem, " : " problems, ") +
           std::to_string(count(all, severity::advice)) + " advice, " +
           std::to_string(count(all, severity::fine)) + " fine\n";
}

std::string report_json(const findings& all, const std::string& file) {
    boost::json::array list;
    for (const finding& each : all) {
        boost::json::object entry;
        entry["severity"] = to_string(each.level);
        entry["subject"] = each.subject;
        entry["reason"] = each.reason;
        entry["looked_at"] = clean(each.looked_at);
        entry["found"] = clean(each.found);
        entry["to_do"] = clean(each.to_do);
        list.push_back(std::move(entry));
    }
    boost::json::object whole;
    whole["file"] = clean(file);
    whole["problems"] = count(all, severity::problem);
    whole["advice"] = count(all, severity::advice);
    whole["findings"] = std::move(list);
    return boost::json::serialize(whole) + '\n';
}

}  // namespace meerkat::doctor
