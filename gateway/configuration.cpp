#include "gateway/configuration.hpp"

#include "config/document.hpp"
#include "config/json_schema.hpp"
#include "config/reference.hpp"
#include "config/rewriter.hpp"
#include "config/table.hpp"
#include "config/term_comments.hpp"
#include "gateway/cfg/cfg_file.hpp"
#include "gateway/checks/checks.hpp"
#include "gateway/older_shapers.hpp"
#include "handlers/outbound/pools_older.hpp"
#include "handlers/outbound/pools_options.hpp"
#include "handlers/outbound/s2s_options.hpp"
#include "handlers/stream/domain_certificates_older.hpp"
#include "handlers/stream/listeners_to_come.hpp"
#include "xmpp/modules/options/known_modules.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace meerkat {

using namespace config;

namespace {

table<listen_options> listen_table() {
    using l = listen_options;
    table<l> t{
        sections("c2s", &l::c2s, c2s_listener_table(), "Sockets for clients.").identified_by("port"),
        sections("http", &l::http, http_listener_table(), "Sockets for HTTP.").identified_by("port"),
    };
    for (option& each : listeners_to_come()) t.add(std::move(each));
    return t;
}

// [general] belongs to two areas.
table<configuration> general_section() {
    table<configuration> t;
    t.include(&configuration::general, general_table()).include(&configuration::process, process_table());
    return t;
}

void cannot_read(diagnostics& findings, const std::filesystem::path& file, std::string text) {
    diagnostic d;
    d.file = file.string();
    d.reason = "unreadable_file";
    d.text = std::move(text);
    findings.push_back(std::move(d));
}

// From the tree on; `reading` holds what was found so far.
void read_tree(configuration_reading& reading, node document, const std::string& file,
               std::optional<release> as) {
    // Several hundred entries: made once, not for each file.
    static const auto table = configuration_table();
    reading.generation = detect_generation(table.content(), document);
    if (as) reading.generation = {.read_as = *as, .because = {}, .mixed = {}};
    rewriter(file, reading.generation.read_as, document, reading.findings).modernize(table.content());
    reader r{file};
    r.collect(reading.effective);
    configuration read;
    table.read(r, document, read);
    diagnostics found = r.take_findings();
    std::move(found.begin(), found.end(), std::back_inserter(reading.findings));
    std::sort(reading.findings.begin(), reading.findings.end(), comes_before);
    std::sort(reading.effective.begin(), reading.effective.end(),
              [](const effective_value& a, const effective_value& b) { return a.path < b.path; });
    if (acceptable(reading.findings)) reading.value = std::move(read);
    reading.modern = std::move(document);
}

// The oldest form is read to be written anew: it says too little of what holds today to be served as it is.
configuration_reading read_terms_file(std::string_view text, const std::string& file,
                                      std::optional<release> as) {
    configuration_reading reading;
    auto document = read_cfg(text, file, reading.findings);
    if (!document) return reading;
    reading.comments = find_term_comments(text);
    reading.findings.push_back(
        {.level = severity::blocking,
         .file = file,
         .where = {1, 1},
         .path = {},
         .reason = "older_file_form",
         .text = "this is a file of Erlang terms, which is read but not served",
         .hint = "write it anew: meerkat config migrate " + file + " > mongooseim.toml"});
    read_tree(reading, std::move(*document), file, as.value_or(releases::last_terms));
    if (!as) reading.generation.because = "its form, Erlang terms";
    return reading;
}

}  // namespace

table<configuration> configuration_table() {
    using c = configuration;
    table<c> t{
        mandatory(group("general", general_section(), "Who is served, and the process itself.")),
        // Listeners see to their changes themselves: what they cannot do while running, they say.
        section("listen", &c::listen, listen_table(), "Where connections are accepted.").reload(),
        section("auth", &c::auth, auth_table(), "How users prove who they are."),
        section(
            "services", &c::services, services_table(),
            "Services of the whole server. Each is on when its section is written, also when it is empty."),
        section("modules", &c::modules, modules_table(),
                "Features. A module is on when its section is written, also when it is empty."),
    };
    t.include(&c::access, access_table());
    t.add(s2s_section("Connections to other servers."))
        .add(outgoing_pools_section(pools_of::server))
        .add(instrumentation_section())
        .add(internal_databases_section())
        .add(sections("host_config", &c::host_config, host_table(), "Options that hold for one domain only.")
                 .identified_by("host"));
    t.modernize(regroup_s2s_tls).modernize(move_single_host_pools).modernize(move_domain_certificates);
    t.check(settle_hosts).check(check_sections);
    t.modernize(name_shapers_directly).modernize(move_bosh_to_its_service);
    return t;
}

bool configuration_reading::servable() const {
    return accepted() && std::none_of(findings.begin(), findings.end(),
                                      [](const diagnostic& d) { return d.level == severity::blocking; });
}

configuration_reading read_configuration(std::string_view text, std::string_view file,
                                         std::optional<release> as) {
    configuration_reading reading;
    auto document = read_document(text, file, reading.findings);
    if (!document) return reading;
    reading.comments = find_comments(text);
    read_tree(reading, std::move(*document), std::string(file), as);
    return reading;
}

std::optional<std::string> read_file_text(const std::filesystem::path& file, diagnostics& findings) {
    std::error_code failure;
    if (std::filesystem::is_directory(file, failure)) {
        cannot_read(findings, file, "this is a directory");
        return std::nullopt;
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        const std::error_code reason(errno, std::generic_category());
        cannot_read(findings, file, "the file cannot be read: " + reason.message());
        return std::nullopt;
    }
    // One byte beyond the limit is enough to be refused for it.
    std::string text(largest_document + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) {
        cannot_read(findings, file, "the file cannot be read to its end");
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

configuration_reading load_configuration(const std::filesystem::path& file, std::optional<release> as) {
    configuration_reading reading;
    const auto text = read_file_text(file, reading.findings);
    if (!text) return reading;
    return file.extension() == ".cfg" ? read_terms_file(*text, file.string(), as)
                                      : read_configuration(*text, file.string(), as);
}

std::string reference_json_schema() {
    return json_schema(configuration_table().content(), "Meerkat configuration");
}

std::string reference_markdown() {
    return "# Configuration reference\n\n"
           "Generated from the option tables of the program. The file is TOML 1.0 in UTF-8. An option marked "
           "*known, not yet* is accepted and has no effect in this release: `meerkat check` lists it, and "
           "`meerkat serve` refuses to start where leaving it out would open a door or miss a listener, a "
           "handler or an auth method. One marked *known, never* is accepted for the files that have it; "
           "one marked *served anyway* may say what it likes: its purpose is served without it.\n" +
           config::reference_markdown(configuration_table().content());
}

}  // namespace meerkat
