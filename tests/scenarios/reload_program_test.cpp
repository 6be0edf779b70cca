// A reload of the running program: by signal, by command, and by certificates that were replaced.

#include "tests/scenarios/runner/server_program.hpp"
#include "tests/scenarios/runner/xmpp_client.hpp"
#include "tests/support/test_certificate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

using namespace meerkat::testing;
namespace fs = std::filesystem;

namespace {

class site {
public:
    site() { use_certificate("first"); }

    void write(const std::string& loglevel, const std::string& general = {}) const {
        const std::string tls = "verify_mode = \"none\"\ncertfile = \"" + (folder_ / "cert.pem").string() +
                                "\"\nkeyfile = \"" + (folder_ / "key.pem").string() + "\"\n";
        const std::string socket = "port = 0\nip_address = \"127.0.0.1\"\n";
        std::ofstream(folder_ / "meerkat.toml")
            << "[general]\nhosts = [\"localhost\"]\ndefault_server_domain = \"localhost\"\nshards = 2\n"
               "loglevel = \""
            << loglevel << "\"\ndata_dir = \"" << (folder_ / "data").string() << "\"\n"
            << general
            << "[auth.internal]\n"
               "[[listen.c2s]]\n"
            << socket << "[listen.c2s.tls]\nmode = \"tls\"\n"
            << tls << "[[listen.c2s]]\n"
            << socket << "[listen.c2s.tls]\nmode = \"starttls\"\n"
            << tls << "[[listen.http]]\n"
            << socket << "[listen.http.tls]\n"
            << tls << "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\npath = \"/\"\n";
    }

    // As an administrator's script does it: the key first, then the certificate.
    void use_certificate(const std::string& name) const {
        const test_certificate made("SHA256", name);
        replace(made.keyfile(), folder_ / "key.pem");
        replace(made.certfile(), folder_ / "cert.pem");
    }
    void break_certificate() const { std::ofstream(folder_ / "cert.pem") << "no certificate\n"; }

    std::string file() const { return (folder_ / "meerkat.toml").string(); }
    std::string data_dir() const { return (folder_ / "data").string(); }
    const fs::path& folder() const { return folder_.path(); }

private:
    static void replace(const fs::path& by, const fs::path& file) {
        const fs::path beside = file.string() + ".new";
        fs::copy_file(by, beside, fs::copy_options::overwrite_existing);
        fs::rename(beside, file);
    }

    temporary_directory folder_;
};

std::vector<std::string> names_shown(const server_program& server) {
    std::vector<std::string> names;
    connection direct(server.port(0));
    REQUIRE(direct.start_tls("xmpp-client"));
    names.push_back(direct.certificate_name());
    xmpp_client upgraded(server.port(1), transport::starttls);
    upgraded.open();
    names.push_back(upgraded.socket().certificate_name());
    connection https(server.port(2));
    REQUIRE(https.start_tls("http/1.1"));
    names.push_back(https.certificate_name());
    return names;
}

std::vector<std::string> everywhere(const std::string& name) { return {name, name, name}; }

}  // namespace

TEST_CASE("a new certificate is shown on every kind of TLS after SIGHUP, a command, or by itself") {
    const site here;
    here.write("notice");
    const server_program server(here.folder());
    CHECK(names_shown(server) == everywhere("first"));

    here.use_certificate("second");
    server.signal(SIGHUP);
    server.wait_for_log("what=reloaded");
    CHECK(names_shown(server) == everywhere("second"));

    here.use_certificate("third");
    const auto asked = run_program({"reload", "--config", here.file()});
    INFO(asked.output);
    CHECK(asked.status == 0);
    CHECK(names_shown(server) == everywhere("third"));

    server.wait_for_log("what=certificates_renewed");
    here.use_certificate("fourth");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    auto shown = names_shown(server);
    while (shown != everywhere("fourth") && std::chrono::steady_clock::now() < deadline)
        shown = names_shown(server);
    CHECK(shown == everywhere("fourth"));
}

TEST_CASE("connections from before keep what they agreed on") {
    const site here;
    here.write("notice");
    const server_program server(here.folder());
    xmpp_client client(server.port(1), transport::starttls);
    client.open();
    here.use_certificate("second");
    server.signal(SIGHUP);
    server.wait_for_log("what=reloaded");
    CHECK_FALSE(client.authenticate("nobody", "nothing"));
    CHECK(client.socket().certificate_name() == "first");
}

TEST_CASE("a broken certificate changes nothing, and the answer names it") {
    const site here;
    here.write("notice");
    const server_program server(here.folder());
    here.break_certificate();
    here.write("info");
    const auto asked = run_program({"reload", "--data-dir", here.data_dir()});
    INFO(asked.output);
    CHECK(asked.status == 1);
    CHECK(asked.output.starts_with("Nothing was changed:\n"));
    CHECK(asked.output.find((here.folder() / "cert.pem").string()) != std::string::npos);
    CHECK(names_shown(server) == everywhere("first"));
    // Nor has the log level: what is said at "info" is not logged.
    xmpp_client client(server.port(1), transport::starttls);
    client.open();
    CHECK_FALSE(client.authenticate("nobody", "nothing"));
    CHECK(server.log().find("what=auth_failed") == std::string::npos);

    // The watcher has tried too, and tries again when the file changes.
    server.wait_for_log("what=certificates_not_renewed");
    here.use_certificate("second");
    server.wait_for_log("what=certificates_renewed");
    CHECK(names_shown(server) == everywhere("second"));
}

TEST_CASE("the log level changes with the file") {
    const site here;
    here.write("notice");
    const server_program server(here.folder());
    here.write("info");
    server.signal(SIGHUP);
    server.wait_for_log("what=option_changed path=general.loglevel");
    xmpp_client client(server.port(1), transport::starttls);
    client.open();
    CHECK_FALSE(client.authenticate("nobody", "nothing"));
    server.wait_for_log("what=auth_failed");
}

TEST_CASE("a file with errors, and one that needs a restart, are refused and say why") {
    const site here;
    here.write("notice");
    const server_program server(here.folder());

    here.write("info", "shards = 3\n");  // a key that stands twice is no TOML
    auto asked = run_program({"reload", "--data-dir", here.data_dir()});
    CHECK(asked.status == 1);
    CHECK(asked.output.find("meerkat.toml:") != std::string::npos);

    here.write("loud");
    asked = run_program({"reload", "--config", here.file()});
    INFO(asked.output);
    CHECK(asked.status == 1);
    CHECK(asked.output.find("general.loglevel") != std::string::npos);

    here.write("info", "language = \"pl\"\nhide_service_name = true\n");
    asked = run_program({"reload", "--config", here.file()});
    CHECK(asked.status == 1);
    CHECK(asked.output ==
          "Nothing was changed:\n  general.hide_service_name needs a restart\n"
          "  general.language needs a restart\n");

    here.write("notice");
    asked = run_program({"reload", "--config", here.file()});
    CHECK(asked.status == 0);
    CHECK(asked.output == "Reloaded. No option has changed; certificates and keys were read again.\n");
}

namespace {

// What the service manager hears of the servers that are started as long as this lives.
class service_manager {
public:
    explicit service_manager(const fs::path& socket) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string name = socket.string();
        REQUIRE(name.size() < sizeof address.sun_path);
        std::copy(name.begin(), name.end(), address.sun_path);
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        const timeval patience{30, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    }
    ~service_manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(fd_);
    }
    service_manager(const service_manager&) = delete;
    service_manager& operator=(const service_manager&) = delete;

    std::string next() const {
        char text[256];
        const ssize_t size = ::recv(fd_, text, sizeof text, 0);
        return {text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

private:
    int fd_;
};

}  // namespace

TEST_CASE("the service manager is told when a reload begins and ends") {
    const site here;
    here.write("notice");
    const service_manager systemd(here.folder() / "notify");
    const server_program server(here.folder());
    CHECK(systemd.next() == "READY=1");
    for (const std::string level : {"info", "loud"}) {
        here.write(level);
        server.signal(SIGHUP);
        const std::string begin = systemd.next();
        CHECK(begin.starts_with("RELOADING=1\nMONOTONIC_USEC="));
        CHECK(begin.size() > std::string("RELOADING=1\nMONOTONIC_USEC=").size());
        CHECK(systemd.next() == "READY=1");
    }
    server.signal(SIGTERM);
    CHECK(systemd.next() == "STOPPING=1");
}

TEST_CASE("without a server a reload says so") {
    const site here;
    here.write("notice");
    auto asked = run_program({"reload", "--config", here.file()});
    CHECK(asked.status == 2);
    CHECK(asked.output.find("No server answers there.") != std::string::npos);
    {
        const server_program server(here.folder());
        CHECK(run_program({"reload", "--config", here.file()}).status == 0);
    }
    // It was killed: its socket is still there.
    CHECK(fs::exists(fs::path(here.data_dir()) / "control"));
    asked = run_program({"reload", "--config", here.file()});
    CHECK(asked.status == 2);
    const server_program again(here.folder());
    CHECK(run_program({"reload", "--config", here.file()}).status == 0);
}
