// Files and options of TLS that change under a running server: certificates of domains, OCSP responses,
// revocation lists, and the gauge of the days that certificates are good for. By a reload, and by themselves.

#include "gateway/net/certificate_expiry.hpp"
#include "tests/scenarios/runner/served_text.hpp"
#include "tests/scenarios/runner/tls_site.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace meerkat;
using namespace meerkat::testing;

namespace {

// What the server does by itself, it does within seconds.
bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

bool on_all_listeners(const std::function<bool(const dialogue&)>& condition) {
    return std::ranges::all_of(dialogues, condition);
}

bool shows(const served_text& server, const char* domain, const std::string& name) {
    return on_all_listeners([&](const dialogue& each) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        SSL_set_tlsext_host_name(client.native(), domain);
        return client.shake() && client.certificate_name() == name;
    });
}

// Empty: no response came.
bool staples(const served_text& server, const std::string& response) {
    return on_all_listeners([&](const dialogue& each) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        SSL_set_tlsext_status_type(client.native(), TLSEXT_STATUSTYPE_ocsp);
        if (!client.shake()) return false;
        const unsigned char* got = nullptr;
        const long size = SSL_get_tlsext_status_ocsp_resp(client.native(), &got);
        if (size < 0) return response.empty();
        return std::string(reinterpret_cast<const char*>(got), static_cast<std::size_t>(size)) == response;
    });
}

bool serves(const served_text& server, const made_certificate& shown, bool wanted) {
    return on_all_listeners([&](const dialogue& each) {
        tuned_client client;
        client.prepare(server.port(each.listener));
        SSL_use_certificate(client.native(), shown.native());
        SSL_use_PrivateKey(client.native(), shown.key());
        client.shake();
        return client.ask(each.question).starts_with(each.answer) == wanted;
    });
}

// A certificate of a domain and its key, in one file.
std::string domain_file(const tls_site& site, const std::string& name) {
    const made_certificate made({.common_name = name});
    return site.put("domain.pem", made.pem() + made.key_pem());
}

std::string for_domain(const tls_site& site, const std::string& domain) {
    return site.listeners(anybody, [&](const std::string& table) {
        return "[[" + table + ".certificates]]\ndomains = [\"" + domain + "\"]\ncertfile = \"" +
               site.path("domain.pem") + "\"\n";
    });
}

}  // namespace

TEST_CASE("certificates of domains are exchanged, and domains come and go, by a reload and by themselves") {
    const tls_site site({.common_name = "default"});
    domain_file(site, "first");
    const std::string text = for_domain(site, "other.example");
    served_text server(text);
    REQUIRE(shows(server, "other.example", "first"));

    domain_file(site, "second");
    REQUIRE(server.reload(text).applied());
    CHECK(shows(server, "other.example", "second"));
    CHECK(shows(server, "localhost", "default"));

    domain_file(site, "third");
    CHECK(comes_true([&] { return shows(server, "other.example", "third"); }));

    REQUIRE(server.reload(for_domain(site, "*.example.org")).applied());
    CHECK(shows(server, "other.example", "default"));
    CHECK(shows(server, "chat.example.org", "third"));

    site.put("domain.pem", "no certificate");
    const reload_report report = server.reload(for_domain(site, "other.example"));
    REQUIRE(report.problems.size() == 2);
    for (const std::string& each : report.problems) {
        INFO(each);
        CHECK(each.find(site.path("domain.pem")) != std::string::npos);
    }
    CHECK(shows(server, "other.example", "default"));
    CHECK(shows(server, "chat.example.org", "third"));
}

TEST_CASE("a stapled OCSP response is exchanged, dropped and given again by a reload and by itself") {
    const tls_site site;
    const auto response = [&](int hours) {
        return site.authority().ocsp_response(site.own(), std::chrono::hours(hours));
    };
    const std::string first = response(24), second = response(48), third = response(72);
    const std::string text = site.listeners(anybody + "ocsp_file = " + site.put("ocsp.der", first) + '\n');
    served_text server(text);
    REQUIRE(staples(server, first));

    site.put("ocsp.der", second);
    REQUIRE(server.reload(text).applied());
    CHECK(staples(server, second));

    site.put("ocsp.der", third);
    CHECK(comes_true([&] { return staples(server, third); }));

    REQUIRE(server.reload(site.listeners(anybody)).applied());
    CHECK(staples(server, ""));
    REQUIRE(server.reload(text).applied());
    CHECK(staples(server, third));

    // About another certificate: clients are told nothing rather than that.
    const made_certificate other({}, &site.authority());
    site.put("ocsp.der", site.authority().ocsp_response(other, std::chrono::hours(24)));
    CHECK(comes_true([&] { return staples(server, ""); }));
}

TEST_CASE("certificates of clients are revoked, and no longer, by a reload and by themselves") {
    const tls_site site;
    const made_certificate client({.common_name = "client"}, &site.authority());
    const std::string nobody = site.authority().revocation_list({});
    const std::string revoked = site.authority().revocation_list({&client});
    const std::string verified = "verify_mode = \"peer\"\ncacertfile = \"" + site.path("ca.pem") + "\"\n";
    const std::string text =
        site.listeners(verified + "crl_files = [" + site.put("list.crl", nobody) + "]\n");
    served_text server(text);
    REQUIRE(serves(server, client, true));

    site.put("list.crl", revoked);
    REQUIRE(server.reload(text).applied());
    CHECK(serves(server, client, false));

    site.put("list.crl", nobody);
    CHECK(comes_true([&] { return serves(server, client, true); }));
    site.put("list.crl", revoked);
    CHECK(comes_true([&] { return serves(server, client, false); }));

    REQUIRE(server.reload(site.listeners(verified)).applied());
    CHECK(serves(server, client, true));
}

namespace {

// What the gauges of all listeners say.
std::vector<double> days_of(served_text& server) {
    std::vector<double> all;
    for (const metrics::sample& each : server.running().server().metrics().read(net::certificate_gauge))
        all.push_back(each.value);
    return all;
}

using days = std::vector<double>;

}  // namespace

TEST_CASE("a listener has a gauge of its certificate's days as long as it has TLS") {
    const tls_site site;
    const std::string encrypted = site.listeners(anybody);
    const std::string plain =
        listener("c2s") + listener("http") + "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    served_text server(plain);
    CHECK(days_of(server).empty());
    REQUIRE(server.reload(encrypted).applied());
    CHECK(days_of(server) == days{364, 364});
    REQUIRE(server.reload(plain).applied());
    CHECK(days_of(server).empty());
    REQUIRE(server.reload(encrypted).applied());
    CHECK(days_of(server) == days{364, 364});
    // It goes, with its connections on the way in still under way, and another one comes.
    tuned_client slow;
    slow.prepare(server.port());
    std::string elsewhere = encrypted;
    for (std::size_t at = 0; (at = elsewhere.find("127.0.0.1")) != std::string::npos;)
        elsewhere.replace(at, 9, "127.0.0.2");
    REQUIRE(server.reload(elsewhere).applied());
    CHECK(days_of(server) == days{364, 364});
}

TEST_CASE("the gauge counts the days of the certificate in use after a reload that was refused") {
    const tls_site site;
    const std::string text = site.listeners(anybody);
    served_text server(text);
    site.put("none.pem", "no certificate");
    for (const std::size_t place : {text.find("cert.pem"), text.rfind("cert.pem")}) {
        std::string broken = text;
        broken.replace(place, 8, "none.pem");
        CHECK_FALSE(server.reload(broken).applied());
    }
    CHECK(days_of(server) == days{364, 364});
}

TEST_CASE("the gauge says when the files of the certificate in use have become unusable, and usable again") {
    const tls_site site;
    served_text server(site.listeners(anybody));
    site.put("cert.pem", "no certificate");
    CHECK(comes_true([&] { return days_of(server) == days(2, net::certificate_unreadable); }));
    CHECK(shows(server, "localhost", "localhost"));
    site.put("cert.pem", site.own().pem());
    CHECK(comes_true([&] { return days_of(server) == days{364, 364}; }));
}
