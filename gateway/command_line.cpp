#include "gateway/command_line.hpp"

#include "gateway/app.hpp"
#include "gateway/base/log.hpp"
#include "gateway/config_commands/command_tree.hpp"
#include "gateway/configuration.hpp"
#include "gateway/demo.hpp"
#include "gateway/doctor_command.hpp"
#include "gateway/process.hpp"
#include "gateway/reload/reload_command.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>

namespace meerkat {

namespace {

constexpr int usage_error = 2;
constexpr std::chrono::milliseconds shutdown_grace{5000};

struct serve_options {
    std::string config;
    bool demo = false;
    std::string data_dir = "data/demo";
    std::string ports = "standard";
};

std::string default_file() {
    const std::filesystem::path checkout = "config/meerkat.toml";
    std::error_code ignored;  // a folder that cannot be read holds no file for us
    return std::filesystem::exists(checkout, ignored) ? checkout.string() : "/etc/meerkat/meerkat.toml";
}

void print(const config::diagnostics& findings) {
    for (const config::diagnostic& each : findings) std::cerr << config::render(each) << "\n";
}

struct served_configuration {
    std::shared_ptr<const configuration> settings;  // null: not to be served
    configuration_source source;
};

served_configuration read_for_serving(const std::string& file) {
    configuration_reading reading = load_configuration(file);
    print(reading.findings);
    if (!reading.accepted()) {
        std::cerr << file << ": not served, because of the errors above\n";
        return {};
    }
    if (!reading.servable()) {
        std::cerr << file
                  << ": not served: it asks for what this release lacks and must not leave out (see above)\n";
        return {};
    }
    return {std::make_shared<const configuration>(std::move(*reading.value)),
            {std::move(reading.effective), [file] { return load_configuration(file); }}};
}

// What systemd has bound for us.
std::vector<net::listening_sockets> inherited_sockets() {
    std::vector<net::listening_sockets> all;
    for (const int fd : process::inherited_descriptors()) {
        auto adopted = net::listening_sockets::adopt(net::owned_descriptor(fd));
        if (adopted.has_error()) {
            log::warning("inherited_socket_unusable",
                         {{"descriptor", fd}, {"reason", adopted.error().detail}});
            continue;
        }
        log::notice("socket_inherited", {{"address", adopted->name()}});
        all.push_back(std::move(*adopted));
    }
    return all;
}

int run(served_configuration served, const std::optional<demo::settings>& demonstration) {
    const auto settings = served.settings;
    log::configure(settings->process.loglevel, settings->process.log.format);
    process::raise_descriptor_limit();
    auto made = app::make(settings, std::move(served.source), inherited_sockets());
    if (made.has_error()) {
        std::cerr << "meerkat: " << made.error().detail << "\n";
        return 1;
    }
    app& server = **made;
    server.start_shards();
    if (demonstration) {
        auto accounts = demo::prepare_accounts(server.server(), settings->process.data_dir);
        if (accounts.has_error()) {
            std::cerr << "meerkat: the demo's accounts: " << accounts.error().detail << "\n";
            return 1;
        }
        server.start_listening();
        demo::announce(server, *accounts, settings->process.data_dir);
    } else {
        server.start_listening();
    }
    process::notify_service_manager("READY=1");
    constexpr int none = 0;
    for (int signal = none; signal == none || signal == SIGHUP;) {
        signal = process::next_signal(std::chrono::hours(24));
        if (signal == SIGHUP) server.reload();
        if (signal == none) server.warn_of_expiry();
    }
    process::notify_service_manager("STOPPING=1");
    server.stop(shutdown_grace);
    return 0;
}

int serve(const serve_options& how) {
    if (!how.demo) {
        auto read = read_for_serving(how.config.empty() ? default_file() : how.config);
        return read.settings ? run(std::move(read), std::nullopt) : 1;
    }
    const demo::settings demonstration{how.data_dir, how.ports == "random"};
    served_configuration served;
    if (how.config.empty()) {
        auto made = demo::make_configuration(demonstration);
        if (made.has_error()) {
            std::cerr << "meerkat: " << made.error().detail << "\n";
            return 1;
        }
        served.settings = std::move(*made);
    } else {
        served = read_for_serving(how.config);
        if (!served.settings) return 1;
    }
    if (!demo::on_loopback_only(*served.settings)) {
        std::cerr
            << "meerkat: the demo serves loopback addresses only; bind every listener to 127.0.0.1 or ::1\n";
        return 1;
    }
    return run(std::move(served), demonstration);
}

}  // namespace

int run_command_line(int argc, char** argv) {
    process::take_signals();

    CLI::App commands{"Meerkat: an HTTP-first XMPP server"};
    commands.set_version_flag("--version", "meerkat " MEERKAT_VERSION);
    commands.require_subcommand(1);

    serve_options how;
    CLI::App* const serving =
        commands.add_subcommand("serve", "Serves a configuration until SIGTERM or SIGINT");
    serving->add_option("--config", how.config,
                        "The file (default: config/meerkat.toml here, else /etc/meerkat/)");
    serving->add_flag("--demo", how.demo, "A server to try out, on loopback, with two accounts");
    serving->add_option("--data-dir", how.data_dir, "With --demo: its folder")->capture_default_str();
    serving->add_option("--ports", how.ports, "With --demo: standard or random")
        ->check(CLI::IsMember({"standard", "random"}))
        ->capture_default_str();

    int status = 0;
    config_commands::add_commands(commands, status);

    std::string examined;
    bool doctor_json = false;
    CLI::App* const examining = commands.add_subcommand(
        "doctor",
        "Examines this machine for a configuration (exit 0: nothing to do, 1: problems, 2: advice)");
    examining->add_option("file", examined, "The file")->required();
    examining->add_flag("--json", doctor_json, "For programs");

    reload_options again;
    CLI::App* const reloading = commands.add_subcommand(
        "reload", "Lets the running server read its file again (exit 0: done, 1: refused, 2: no server)");
    reloading->add_option("--config", again.config, "The file that names the server's data_dir");
    reloading->add_option("--data-dir", again.data_dir, "The server's data_dir itself");

    try {
        commands.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return commands.exit(e) == 0 ? 0 : usage_error;
    }
    if (serving->parsed()) return serve(how);
    if (examining->parsed()) return run_doctor(examined, doctor_json);
    if (reloading->parsed()) {
        if (again.config.empty()) again.config = default_file();
        return reload_server(again);
    }
    return status;
}

}  // namespace meerkat
