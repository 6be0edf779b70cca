#include "tests/scenarios/runner/test_server.hpp"

#include "gateway/base/log.hpp"
#include "gateway/self_signed.hpp"

#include <future>
#include <stdexcept>
#include <utility>

namespace meerkat::testing {

std::string_view to_string(transport t) {
    switch (t) {
        case transport::tcp:
            return "tcp";
        case transport::compressed:
            return "compressed";
        case transport::starttls:
            return "starttls";
        case transport::tls:
            return "tls";
        case transport::websocket:
            return "websocket";
        case transport::wss:
            return "wss";
        case transport::bosh:
            return "bosh";
    }
    return {};
}

test_server::test_server(const server_settings& settings) {
    log::configure(log::level::error, log::format::logfmt);
    const auto certificate = make_self_signed(folder_ / "cert.pem", folder_ / "key.pem", "localhost");
    if (certificate.has_error()) throw std::runtime_error(certificate.error().detail);
    text_ = configuration_text(settings);
    auto reading = read_configuration(text_, "test configuration");
    if (!reading.accepted() || !reading.servable()) {
        std::string findings;
        for (const config::diagnostic& each : reading.findings) findings += config::render(each) + "\n";
        throw std::runtime_error(findings);
    }
    const auto read_again = [this] {
        const std::lock_guard lock(mutex_);
        return read_configuration(text_, "test configuration");
    };
    auto made = app::make(std::make_shared<const configuration>(std::move(*reading.value)),
                          {std::move(reading.effective), read_again});
    if (made.has_error()) throw std::runtime_error(made.error().detail);
    app_ = std::move(*made);
    app_->start_shards();
    app_->start_listening();
    find_ports();
}

test_server::~test_server() { app_->stop(std::chrono::milliseconds(1000)); }

// Those of configuration_text() come last in the file, whatever else listens.
void test_server::find_ports() {
    bool seen_compressed = false;
    for (const bound_address& each : app_->addresses()) {
        if (each.type == "http") (each.tls == "none" ? http_ : https_) = each.port;
        if (each.type != "c2s") continue;
        if (each.tls == "none") {
            if (std::exchange(seen_compressed, true)) plain_ = compressed_.load();
            compressed_ = each.port;
        }
        if (each.tls == "starttls") starttls_ = each.port;
        if (each.tls == "starttls_required") required_ = each.port;
        if (each.tls == "tls") tls_ = each.port;
    }
}

reload_report test_server::reload(const server_settings& settings) {
    {
        const std::lock_guard lock(mutex_);
        text_ = configuration_text(settings);
    }
    reload_report report = app_->reload();
    if (!settings.without_listeners) find_ports();
    return report;
}

std::string test_server::configuration_text(const server_settings& settings) const {
    std::string text =
        "[general]\nhosts = [\"localhost\", \"other.example\"]\n"
        "default_server_domain = \"localhost\"\nloglevel = \"" +
        settings.loglevel + "\"\ndata_dir = \"" + (folder_ / "data").string() +
        "\"\nshards = " + std::to_string(settings.shards) + "\n" + settings.general;
    if (settings.general.find("registration_timeout") == std::string::npos)
        text += "registration_timeout = \"infinity\"\n";
    text += "[auth]\n" + settings.auth +
            "[auth.internal]\n"
            "[auth.password]\nscram_iterations = 16\nhash = [\"sha256\", \"sha\"]\n"
            "[modules.mod_disco]\n[modules.mod_ping]\n[modules.mod_version]\n[modules.mod_time]\n"
            "[modules.mod_roster]\n[modules.mod_presence]\n";
    if (settings.registration) text += "[modules.mod_register]\n";
    text += settings.sections;
    if (settings.without_listeners) return text;
    const std::string certificate = "verify_mode = \"none\"\ncertfile = \"" +
                                    (folder_ / "cert.pem").string() + "\"\nkeyfile = \"" +
                                    (folder_ / "key.pem").string() + "\"\n";
    const std::string socket = "port = 0\nip_address = \"127.0.0.1\"\n" + settings.socket;
    for (const std::string mode : {"", "zlib", "starttls", "starttls_required", "tls"}) {
        text += "[[listen.c2s]]\n" + socket + settings.client + settings.c2s;
        if (mode == "zlib") {
            if (settings.c2s.find("zlib") == std::string::npos)
                text += "zlib = " + std::to_string(settings.zlib) + "\n";
        } else if (!mode.empty())
            text += "[listen.c2s.tls]\nmode = \"" + mode + "\"\n" + certificate;
    }
    for (const bool encrypted : {false, true}) {
        text += "[[listen.http]]\n" + socket;
        if (encrypted) text += "[listen.http.tls]\n" + certificate;
        text += "[[listen.http.handlers.mongoose_websocket_handler]]\nhost = \"_\"\npath = \"/ws-xmpp\"\n" +
                settings.client + settings.websocket +
                "[[listen.http.handlers.mongoose_bosh_handler]]\nhost = \"_\"\npath = \"/http-bind\"\n" +
                settings.client;
    }
    text += "[services.service_bosh]\n" + settings.bosh;
    return text;
}

std::uint16_t test_server::port(transport t) const {
    switch (t) {
        case transport::tcp:
            return plain_;
        case transport::compressed:
            return compressed_;
        case transport::starttls:
            return starttls_;
        case transport::tls:
            return tls_;
        case transport::websocket:
        case transport::bosh:
            return http_;
        case transport::wss:
            return https_;
    }
    return 0;
}

namespace {

using account_list = std::vector<std::pair<std::string, std::string>>;

task<> create(core* server, account_list accounts, std::promise<bool>* done) {
    bool all = true;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const auto made =
            co_await server->accounts().create_account(accounts[i].first, "localhost", accounts[i].second);
        all = all && made.has_value();
    }
    done->set_value(all);
}

}  // namespace

void test_server::make_accounts(const account_list& accounts) {
    core& server = app_->server();
    std::promise<bool> done;
    server.shards().post(
        0, [&] { server.all_homes().at(0).background().spawn(create(&server, accounts, &done)); });
    if (!done.get_future().get()) throw std::runtime_error("an account could not be made");
}

stream_counters test_server::counters() {
    stream_counters sum;
    core& server = app_->server();
    for (unsigned i = 0; i < server.shards().size(); ++i) {
        std::promise<stream_counters> told;
        server.shards().post(i, [&] { told.set_value(server.streams(i).counters()); });
        const stream_counters each = told.get_future().get();
        sum.logins += each.logins;
        sum.failed_logins += each.failed_logins;
        sum.moved_in += each.moved_in;
        sum.sessions_opened += each.sessions_opened;
    }
    return sum;
}

std::size_t test_server::live_streams() {
    std::size_t sum = 0;
    core& server = app_->server();
    for (unsigned i = 0; i < server.shards().size(); ++i) {
        std::promise<std::size_t> told;
        server.shards().post(i, [&] { told.set_value(server.streams(i).live()); });
        sum += told.get_future().get();
    }
    return sum;
}

}  // namespace meerkat::testing
