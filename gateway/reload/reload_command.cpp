#include "gateway/reload/reload_command.hpp"

#include "gateway/configuration.hpp"
#include "gateway/control/control_client.hpp"
#include "gateway/control/control_path.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <filesystem>
#include <iostream>
#include <optional>

namespace meerkat {

namespace {

namespace json = boost::json;

constexpr int refused = 1;
constexpr int nobody = 2;
constexpr std::chrono::seconds patience{120};

// Also of a file with errors elsewhere in it: the server is to say what they are.
std::optional<std::filesystem::path> folder_named_by(const std::string& file) {
    const configuration_reading reading = load_configuration(file);
    if (!reading.modern) {
        for (const config::diagnostic& each : reading.findings) std::cerr << config::render(each) << "\n";
        std::cerr << file
                  << ": cannot be read, so the server's folder is not known; name it with --data-dir\n";
        return std::nullopt;
    }
    const config::node* const general = reading.modern->find("general");
    const config::node* const folder = general == nullptr ? nullptr : general->find("data_dir");
    if (folder != nullptr && folder->text() != nullptr) return *folder->text();
    return process_options{}.data_dir;
}

void print_lines(std::ostream& out, const json::object& answer, std::string_view key) {
    const json::value* const lines = answer.if_contains(key);
    if (lines == nullptr || !lines->is_array()) return;
    for (const json::value& each : lines->get_array()) {
        if (const json::string* text = each.if_string()) out << "  " << std::string_view(*text) << "\n";
    }
}

bool says(const json::object& answer, std::string_view key) {
    const json::value* const value = answer.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

bool has_items(const json::object& answer, std::string_view key) {
    const json::value* const value = answer.if_contains(key);
    return value != nullptr && value->is_array() && !value->get_array().empty();
}

}  // namespace

int reload_server(const reload_options& how) {
    std::filesystem::path folder = how.data_dir;
    if (folder.empty()) {
        const auto named = folder_named_by(how.config);
        if (!named) return refused;
        folder = *named;
    }
    const auto answer = ask_server(control_socket_in(folder), {{"command", "reload"}}, patience);
    if (answer.has_error()) {
        std::cerr << "meerkat: " << answer.error().detail << "\n";
        if (!(answer.error() == errc::closed)) return refused;
        std::cerr << "No server answers there. Is it running, with this folder as its data_dir?\n";
        return nobody;
    }
    if (!says(*answer, "ok")) {
        std::cerr << "Nothing was changed:\n";
        print_lines(std::cerr, *answer, "problems");
        return refused;
    }
    if (has_items(*answer, "changed")) {
        std::cout << "Reloaded. These options have changed:\n";
        print_lines(std::cout, *answer, "changed");
    } else {
        std::cout << "Reloaded. No option has changed; certificates and keys were read again.\n";
    }
    return 0;
}

}  // namespace meerkat
