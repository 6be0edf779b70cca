#include "gateway/demo.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/base/log.hpp"
#include "gateway/self_signed.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace meerkat::demo {

namespace {

constexpr std::string_view domain = "localhost";
constexpr std::string_view names[] = {"juliet", "romeo"};
constexpr std::string_view shown_names[] = {"Juliet", "Romeo"};

std::string quoted(const std::filesystem::path& path) {
    std::string out = "\"";
    for (const char c : path.string()) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string configuration_text(const settings& how) {
    const auto port = [&how](int usual) { return std::to_string(how.random_ports ? 0 : usual); };
    const std::string certificate =
        "verify_mode = \"none\"\ncertfile = " + quoted(how.data_dir / "cert.pem") +
        "\nkeyfile = " + quoted(how.data_dir / "key.pem") + "\n";
    const std::string handlers = R"(
[[listen.http.handlers.mongoose_websocket_handler]]
host = "_"
path = "/ws-xmpp"
ping_rate = 30000
[[listen.http.handlers.mongoose_bosh_handler]]
host = "_"
path = "/http-bind"
[[listen.http.handlers.meerkat_discovery]]
host = "_"
path = "/.well-known"
[[listen.http.handlers.meerkat_health]]
host = "_"
path = "/"
[[listen.http.handlers.meerkat_static]]
host = "_"
path = "/[...]"
bundle = "chat"
)";
    const auto socket = [&port](int usual) {
        return "port = " + port(usual) + "\nip_address = \"127.0.0.1\"\n";
    };
    std::ostringstream text;
    text << "[general]\nhosts = [\"" << domain << "\"]\ndefault_server_domain = \"" << domain
         << "\"\nloglevel = \"notice\"\nregistration_timeout = \"infinity\"\ndata_dir = "
         << quoted(how.data_dir) << "\n"
         << "[auth.internal]\n"
         << "[modules.mod_disco]\n[modules.mod_ping]\n[modules.mod_version]\n[modules.mod_time]\n"
         << "[modules.mod_register]\n[modules.mod_roster]\n[modules.mod_presence]\n"
         << "[services.service_bosh]\n[[listen.c2s]]\n"
         << socket(5222) << "[listen.c2s.tls]\nmode = \"starttls\"\n"
         << certificate << "[[listen.c2s]]\n"
         << socket(5223) << "[listen.c2s.tls]\nmode = \"tls\"\n"
         << certificate << "[[listen.http]]\n"
         << socket(5280) << handlers << "[[listen.http]]\n"
         << socket(5285) << "[listen.http.tls]\n"
         << certificate << handlers;
    return text.str();
}

// Passwords kept by an earlier run of the demo, in the order of `names`; empty when there are none.
std::vector<account> remembered(const std::filesystem::path& data_dir) {
    std::ifstream in(data_dir / "demo.json");
    if (!in) return {};
    std::stringstream text;
    text << in.rdbuf();
    boost::json::error_code failure;
    const boost::json::value kept = boost::json::parse(text.str(), failure);
    if (failure || !kept.is_object()) return {};
    std::vector<account> found;
    const boost::json::value* list = kept.get_object().if_contains("accounts");
    if (list == nullptr || !list->is_array()) return {};
    for (const boost::json::value& each : list->get_array()) {
        if (!each.is_object()) return {};
        const auto* jid = each.get_object().if_contains("jid");
        const auto* password = each.get_object().if_contains("password");
        if (jid == nullptr || password == nullptr || !jid->is_string() || !password->is_string()) return {};
        found.push_back({std::string(jid->get_string()), std::string(password->get_string())});
    }
    if (found.size() != std::size(names)) return {};
    return found;
}

// Short enough to be typed, long enough (60 bits) not to be guessed.
std::string fresh_password() {
    constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789x";
    std::string out;
    for (const char c : random_bytes(12)) {
        if (!out.empty() && out.size() % 5 == 4) out += '-';
        out += letters[static_cast<unsigned char>(c) % letters.size()];
    }
    return out;
}

task<result<void>> make_account(auth::authenticator& accounts, std::string name, std::string password) {
    auto made = co_await accounts.create_account(name, std::string(domain), password);
    if (made.has_value()) co_return result<void>();
    if (!(made.error() == errc::conflict)) co_return made.error();
    co_return co_await accounts.set_password(name, std::string(domain), password);
}

task<result<void>> make_friends(storage::roster_store& rosters, std::size_t who, std::size_t whom) {
    const auto owner = jid::make(names[who], domain);
    const auto contact = jid::make(names[whom], domain);
    storage::roster_item item;
    item.contact = *contact;
    item.name = std::string(shown_names[whom]);
    item.subscription = storage::subscription::both;
    const auto stored = co_await rosters.put(*owner, std::move(item));
    if (stored.has_error()) co_return stored.error();
    co_return result<void>();
}

task<> prepare(core* server, std::vector<account> accounts, std::promise<result<void>>* done) {
    result<void> outcome;
    for (std::size_t i = 0; i < accounts.size() && outcome.has_value(); ++i)
        outcome = co_await make_account(server->accounts(), std::string(names[i]), accounts[i].password);
    for (std::size_t i = 0; i < accounts.size() && outcome.has_value(); ++i)
        outcome = co_await make_friends(server->storage().rosters(), i, 1 - i);
    done->set_value(std::move(outcome));
}

std::string url_of(const bound_address& http) {
    return (http.tls == "tls" ? "https://localhost:" : "http://localhost:") + std::to_string(http.port) + "/";
}

void write_json(const app& server, const std::vector<account>& accounts,
                const std::filesystem::path& data_dir) {
    boost::json::object out;
    out["domain"] = domain;
    boost::json::array list;
    for (const account& each : accounts) list.push_back({{"jid", each.jid}, {"password", each.password}});
    out["accounts"] = std::move(list);
    for (const bound_address& each : server.addresses()) {
        if (each.type == "http") {
            out[each.tls == "tls" ? "https" : "http"] = url_of(each);
        } else {
            out[each.tls == "tls" ? "c2s_tls" : "c2s"] = each.port;
        }
    }
    const std::filesystem::path file = data_dir / "demo.json";
    std::ofstream(file, std::ios::trunc) << boost::json::serialize(out) << "\n";
    std::error_code failure;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failure);
    if (failure) log::warning("demo_file_permissions", {{"reason", failure.message()}});
}

}  // namespace

result<std::shared_ptr<const configuration>> make_configuration(const settings& how) {
    std::error_code failure;
    std::filesystem::create_directories(how.data_dir, failure);
    if (failure)
        return error(errc::unavailable, "cannot make " + how.data_dir.string() + ": " + failure.message());
    std::filesystem::permissions(how.data_dir, std::filesystem::perms::owner_all, failure);
    if (failure)
        return error(errc::unavailable, "cannot protect " + how.data_dir.string() + ": " + failure.message());
    const auto certificate =
        make_self_signed(how.data_dir / "cert.pem", how.data_dir / "key.pem", std::string(domain));
    if (certificate.has_error()) return certificate.error();
    auto reading = read_configuration(configuration_text(how), "demo configuration");
    if (!reading.accepted()) {
        std::string findings;
        for (const config::diagnostic& each : reading.findings) findings += config::render(each) + "\n";
        return error(errc::invalid, std::move(findings));
    }
    return std::make_shared<const configuration>(std::move(*reading.value));
}

bool on_loopback_only(const configuration& c) {
    const auto loopback = [](const std::string& ip) { return net::endpoint{ip, 0}.loopback(); };
    for (const auto& each : c.listen.c2s) {
        if (!loopback(each.socket.ip_address)) return false;
    }
    for (const auto& each : c.listen.http) {
        if (!loopback(each.socket.ip_address)) return false;
    }
    return true;
}

result<std::vector<account>> prepare_accounts(core& server, const std::filesystem::path& data_dir) {
    std::vector<account> accounts = remembered(data_dir);
    if (accounts.empty()) {
        for (const std::string_view name : names)
            accounts.push_back({std::string(name) + "@" + std::string(domain), fresh_password()});
    }
    std::promise<result<void>> done;
    // In a group that outlives the answer: the coroutine ends a little after it has given it.
    server.shards().post(
        0, [&] { server.all_homes().at(0).background().spawn(prepare(&server, accounts, &done)); });
    const result<void> outcome = done.get_future().get();
    if (outcome.has_error()) return outcome.error();
    return accounts;
}

void announce(const app& server, const std::vector<account>& accounts,
              const std::filesystem::path& data_dir) {
    write_json(server, accounts, data_dir);
    std::string page;
    std::string ports;
    for (const bound_address& each : server.addresses()) {
        if (each.type == "http" && each.tls == "none") page = url_of(each);
        if (each.type == "c2s")
            ports += "    " + std::to_string(each.port) + "  XMPP, " + std::string(each.tls) + "\n";
        if (each.type == "http")
            ports += "    " + url_of(each) + "  (WebSocket: /ws-xmpp, BOSH: /http-bind)\n";
    }
    std::cout << "\nMeerkat is running on this machine, for this machine only.\n\n  Addresses\n"
              << ports << "\n  Accounts\n";
    for (const account& each : accounts)
        std::cout << "    " << each.jid << "   password " << each.password << "\n";
    std::cout << "\n  Three things to try\n"
              << "    1. Open " << page << " twice (one private window), log in as each, and chat.\n"
              << "    2. Connect a native client to " << accounts[0].jid
              << " on 127.0.0.1 and see it come online.\n"
              << "    3. curl " << page << ".well-known/host-meta.json\n\n"
              << "  Ctrl-C stops it.\n"
              << std::endl;
}

}  // namespace meerkat::demo
