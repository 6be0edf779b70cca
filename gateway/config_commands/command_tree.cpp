#include "gateway/config_commands/command_tree.hpp"

#include "config/release.hpp"
#include "gateway/config_commands/check.hpp"
#include "gateway/config_commands/migrate.hpp"
#include "gateway/config_commands/show.hpp"
#include "gateway/configuration.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace meerkat::config_commands {

namespace {

std::string known_release(const std::string& text) {
    if (config::parse_release(text)) return {};
    std::string known;
    for (const config::release each : config::all_releases())
        known += (known.empty() ? "" : ", ") + config::to_string(each);
    return "'" + text + "' is no release whose files are read here; these are: " + known;
}

void add_release(CLI::App* command, std::optional<config::release>& as) {
    command
        ->add_option_function<std::string>(
            "--as", [&as](const std::string& text) { as = config::parse_release(text); },
            "Take the file for one of this release of MongooseIM")
        ->check(known_release);
}

// What a command was asked for lives as long as the command's callback.
void add_check(CLI::App& commands, int& status) {
    const auto how = std::make_shared<check_options>();
    CLI::App* const check = commands.add_subcommand(
        "check", "Reads a configuration and says what is wrong (exit 0: nothing, 1: errors, 2: remarks)");
    check->add_option("file", how->file, "The file")->required();
    check->add_flag("--json", how->json, "The answer as one JSON object on standard output");
    add_release(check, how->as);
    check->callback([how, &status] { status = config_commands::check(*how); });
}

void add_migrate(CLI::App& config, int& status) {
    const auto how = std::make_shared<check_options>();
    CLI::App* const migrate = config.add_subcommand(
        "migrate", "Prints a configuration of any release in today's spelling (exit 0: printed, 1: errors)");
    migrate->add_option("file", how->file, "The file")->required();
    add_release(migrate, how->as);
    migrate->callback(
        [how, &status] { status = migrate_configuration(how->file, how->as, std::cout, std::cerr); });
}

void add_show(CLI::App& config, int& status) {
    const auto how = std::make_shared<show_options>();
    CLI::App* const show =
        config.add_subcommand("show", "Prints every option that holds, and where it comes from");
    show->add_option("file", how->file, "The file")->required();
    show->add_flag("--hooks", how->hooks, "Also which module takes part in which event");
    add_release(show, how->as);
    show->callback([how, &status] { status = config_commands::show(*how); });
}

void add_diff(CLI::App& config, int& status) {
    struct files {
        std::filesystem::path before, after;
    };
    const auto how = std::make_shared<files>();
    CLI::App* const diff = config.add_subcommand(
        "diff",
        "Prints what differs between two files, and which of it a reload applies (exit 0: nothing differs, "
        "1: errors, 2: something does)");
    diff->add_option("before", how->before, "A file")->required();
    diff->add_option("after", how->after, "Another")->required();
    diff->callback([how, &status] { status = config_commands::diff(how->before, how->after); });
}

void add_reference(CLI::App& config) {
    const auto json = std::make_shared<bool>(false);
    CLI::App* const reference = config.add_subcommand("reference", "Prints every option as Markdown");
    reference->add_flag("--json-schema", *json, "As a JSON Schema instead, for editors");
    reference->callback([json] { std::cout << (*json ? reference_json_schema() : reference_markdown()); });
}

}  // namespace

void add_commands(CLI::App& commands, int& status) {
    add_check(commands, status);
    CLI::App* const config = commands.add_subcommand("config", "About configuration");
    config->require_subcommand(1);
    add_migrate(*config, status);
    add_show(*config, status);
    add_diff(*config, status);
    add_reference(*config);
}

}  // namespace meerkat::config_commands
