#pragma once
// What `meerkat doctor` has to say: one value per thing it looked at, also where all is well, so that a
// reader sees what was examined. Secrets never get in.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::doctor {

enum class severity : std::uint8_t {
    problem,  // something does not work, or is open to strangers
    advice,   // works, or may work, and could be better
    fine,
};

std::string_view to_string(severity s);

struct finding {
    severity level = severity::fine;
    std::string subject;    // "certificates", "ports", ...; set by examine()
    std::string reason;     // a stable word for programs
    std::string looked_at;  // a noun: "the certificate /etc/meerkat/fullchain.pem (listen.c2s, line 12)"
    std::string found;      // one sentence without a full stop
    std::string to_do;      // in the imperative; empty where nothing is to be done
};

using findings = std::vector<finding>;

finding problem(std::string reason, std::string looked_at, std::string found, std::string to_do);
finding advice(std::string reason, std::string looked_at, std::string found, std::string to_do);
finding fine(std::string reason, std::string looked_at, std::string found);

// "a, b and c"; of a long list the first five and how many more.
std::string listed(const std::vector<std::string>& words);

}  // namespace meerkat::doctor
