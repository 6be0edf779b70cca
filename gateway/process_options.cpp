#include "gateway/process_options.hpp"

#include "config/table.hpp"

namespace meerkat {

using namespace config;

namespace {

table<address_limit_options> limits_table() {
    using l = address_limit_options;
    return {
        optional("unauthenticated_per_address", &l::unauthenticated_per_address,
                 limited(integer<std::size_t>(1)),
                 "Connections one address (of IPv6, one /64) may have before they log in; the machine itself "
                 "is exempt.")
            .own()
            .reload(),
        optional("failed_logins_per_minute", &l::failed_logins_per_minute, limited(integer<std::size_t>(1)),
                 "Failed logins one address may have in a minute; the machine itself is exempt.")
            .own()
            .reload(),
    };
}

}  // namespace

table<process_options> process_table() {
    using p = process_options;
    using log::level;
    table<log_options> log_form{
        optional("format", &log_options::format,
                 one_of<log::format>({{"logfmt", log::format::logfmt}, {"json", log::format::json}}),
                 "Form of the lines on standard error.")
            .own()
            .reload(),
    };
    shape<std::filesystem::path> folder{
        "a non-empty string",
        [s = non_empty_text()](reader& r, const node& n) -> std::optional<std::filesystem::path> {
            auto name = s.read(r, n);
            if (!name) return std::nullopt;
            return std::filesystem::path(std::move(*name));
        },
        [](const std::filesystem::path& v) { return in_quotes(v.string()); }, non_empty_text().kind};
    return {
        optional("loglevel", &p::loglevel,
                 one_of<level>({{"none", level::none},
                                {"emergency", level::emergency},
                                {"alert", level::alert},
                                {"critical", level::critical},
                                {"error", level::error},
                                {"warning", level::warning},
                                {"notice", level::notice},
                                {"info", level::info},
                                {"debug", level::debug},
                                {"all", level::all}}),
                 "The least severe lines that are logged.")
            .reload(),
        section("log", &p::log, log_form, "Log lines.").own(),
        optional("data_dir", &p::data_dir, folder,
                 "Folder of the embedded database; relative to the working directory.")
            .own(),
        optional("shards", &p::shards, integer<unsigned>(1, 256),
                 "Threads that carry connections; if unset, one for each processor.")
            .own(),
        section("limits", &p::limits, limits_table(), "Limits per address of the peer.").own(),
        optional("http_server_name", &p::http_server_name, text(),
                 "What the HTTP server calls itself in its answers.")
            .reload(),
        optional("trusted_proxies", &p::trusted_proxies, list(ip_network()),
                 "Proxies whose Forwarded, X-Forwarded-For and X-Forwarded-Proto fields are believed.")
            .own()
            .reload(),
    };
}

}  // namespace meerkat
