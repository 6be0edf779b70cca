#include "gateway/doctor/ports.hpp"

namespace meerkat::doctor {

namespace {

constexpr std::string_view own_name = "meerkat";

std::string holder(const port_facts& port) {
    std::string who = "another process";
    if (port.process != 0) who = port.program + " (process " + std::to_string(port.process) + ")";
    if (port.process == 0 && !port.user.empty()) who += " of the user " + port.user;
    return who;
}

finding judge_taken(const std::string& where, const net::listener_options& socket, const port_facts& port) {
    const std::string number = std::to_string(socket.port);
    if (port.program == own_name)
        return fine("held_by_meerkat", where,
                    "in use by " + holder(port) + ", as it should be while the server runs");
    const std::string find =
        port.process != 0 ? "" : "find it with ss -ltnp 'sport = :" + number + "' as root; ";
    return problem("port_taken", where, "in use by " + holder(port),
                   find + "stop it, or write another port or ip_address for this listener");
}

finding judge(const entrance& each, const port_facts& port) {
    const net::listener_options& socket = *each.socket;
    const std::string number = std::to_string(socket.port);
    const std::string where = socket.ip_address + " port " + number + " (" + each.place() + ")";
    switch (port.what) {
        case port_facts::state::free:
            return fine("port_free", where, "free");
        case port_facts::state::taken:
            return judge_taken(where, socket, port);
        case port_facts::state::forbidden:
            return problem(
                "port_forbidden", where, "this user may not listen here",
                socket.port < 1024
                    ? "give the server the right to: AmbientCapabilities=CAP_NET_BIND_SERVICE in its "
                      "systemd unit; or write a port above 1023"
                    : "ask what restricts this machine (containers and security modules can)");
        case port_facts::state::not_here:
            return problem(
                "address_not_here", where, "this machine does not have the address " + socket.ip_address,
                "write an address that `ip address` shows, or \"0.0.0.0\" or \"::\" for all of them");
        case port_facts::state::unusable:
            break;
    }
    return problem("port_unusable", where, "cannot be bound: " + port.reason,
                   "write another ip_address or port for this listener");
}

}  // namespace

findings examine_ports(const site& examined, world& around) {
    findings all;
    for (const entrance& each : entrances_of(examined.settings)) {
        if (each.socket->port == 0) continue;  // the system chooses a free one
        all.push_back(judge(each, around.try_port(each.socket->ip_address, each.socket->port)));
    }
    return all;
}

}  // namespace meerkat::doctor
