// What is said about the TLS of listeners, and about signing in by certificate.

#include "gateway/reload/reloader.hpp"
#include "tests/unit/app/configuration_findings.hpp"

using namespace meerkat;
using namespace meerkat::testing;

namespace {

std::string clients_tls(const pem_files& pem) {
    return "[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n[listen.c2s.tls]\nverify_mode = "
           "\"none\"\ncertfile = \"" +
           pem.cert + "\"\nkeyfile = \"" + pem.key + "\"\n";
}

}  // namespace

TEST_CASE("TLS needs a certificate and its key") {
    const pem_files pem;
    const std::string listener = "[[listen.c2s]]\nport = 5\nip_address = \"::1\"\n[listen.c2s.tls]\n";
    const std::string none = listener + "verify_mode = \"none\"\n";
    CHECK(finding(none).reason == "missing_certificate");
    CHECK(finding(none + "certfile = \"" + pem.cert + "\"\n").reason == "tls_certfile_without_keyfile");
    CHECK(finding(none + "certfile = \"/nowhere\"\n").reason == "invalid_filename");
    const auto both = with(none + "certfile = \"" + pem.both + "\"\n");
    REQUIRE(both.servable());
    CHECK(both.value->listen.c2s[0].tls->options.keyfile == pem.both);
    CHECK(both.findings.at(0).level == config::severity::warning);

    const std::string pair = "certfile = \"" + pem.cert + "\"\nkeyfile = \"" + pem.key + "\"\n";
    CHECK(accepted(none + pair).listen.c2s[0].tls->mode == tls_mode::starttls);
    CHECK(finding(none + pair + "ciphers = \"no such cipher\"\n").reason == "invalid_ciphers");
    accepted(none + pair + "ciphers = \"ECDHE+AESGCM\"\nversions = [\"tlsv1.3\"]\n");
    accepted(none + pair + "ciphers = \"TLS_AES_128_GCM_SHA256\"\n");
    CHECK(finding(none + pair + "versions = [\"tlsv1\"]\n").level == config::severity::error);
    CHECK(finding(none + pair + "versions = [\"tlsv1\", \"tlsv1.2\"]\n").level == config::severity::warning);
}

TEST_CASE("a listener that demands certificates because nothing else is written draws a warning") {
    const pem_files pem;
    const std::string pair = "certfile = \"" + pem.cert + "\"\nkeyfile = \"" + pem.key + "\"\n";
    for (const char* kind : {"http", "c2s"}) {
        const std::string listener = std::string("[[listen.") + kind +
                                     "]]\nport = 5\nip_address = \"::1\"\n[listen." + kind + ".tls]\n" + pair;
        const auto d = finding(listener);
        CHECK(d.level == config::severity::warning);
        CHECK(d.reason == "clients_need_certificates");
        CHECK(d.hint.find("verify_mode = \"none\"") != std::string::npos);
        for (const char* meant : {"verify_mode = \"peer\"\n", "verify_mode = \"selfsigned_peer\"\n",
                                  "disconnect_on_failure = false\n"})
            accepted(listener + meant);
    }
}

TEST_CASE("options of TLS that do nothing without another one say so") {
    const pem_files pem;
    const std::string tls = clients_tls(pem);
    for (const std::string& more : {std::string("early_data = true\n"), "cacertfile = \"" + pem.cert + "\"\n",
                                    "crl_files = [\"" + pem.cert + "\"]\n"}) {
        const auto d = finding(tls + more);
        CHECK(d.level == config::severity::warning);
        CHECK(d.reason == "no_effect");
    }
    accepted(tls + "session_tickets = \"stateless\"\nearly_data = true\n");
}

TEST_CASE("certificates for names are read in the form that clients ask for") {
    const pem_files pem;
    const std::string tls = clients_tls(pem);
    const auto named = [&](const std::string& domains) {
        return "[[listen.c2s.tls.certificates]]\ndomains = [" + domains + "]\ncertfile = \"" + pem.both +
               "\"\n";
    };
    const auto read = accepted(tls + named("\"Example.org\", \"*.b\u00fccher.example\""));
    CHECK(read.listen.c2s[0].tls->options.certificates.at(0).domains ==
          std::vector<std::string>{"example.org", "*.xn--bcher-kva.example"});
    CHECK(finding(tls + named("\"a b\"")).reason == "invalid_domain");
    CHECK(finding(tls + named("\"a.example\"") + named("\"A.example\"")).reason == "duplicate_domain");
}

TEST_CASE("every file that a listener's TLS names is watched") {
    pem_files pem;
    const auto made = [&pem](const std::string& name) { return '"' + pem.write(name, "x") + '"'; };
    const auto read =
        with("[[listen.http]]\nport = 5\nip_address = \"::1\"\n[listen.http.tls]\ncertfile = " + made("a") +
             "\nkeyfile = " + made("b") + "\ncacertfile = " + made("c") + "\ncrl_files = [" + made("d") +
             ", " + made("e") + "]\ndhfile = " + made("f") + "\nocsp_file = " + made("g") +
             "\n[[listen.http.tls.certificates]]\ndomains = [\"a.example\"]\ncertfile = " + made("h") +
             "\nkeyfile = " + made("i") + "\n");
    INFO(listing(read));
    REQUIRE(read.accepted());
    std::string names;
    for (const auto& each : certificate_files(*read.value)) names += each.filename().string();
    CHECK(names == "abcdefghi");
}

TEST_CASE("pki and external need each other") {
    const std::string pki = "[auth.pki]\n";
    CHECK(finding(pki).reason == "no_effect");
    CHECK(finding("[auth]\nsasl_mechanisms = [\"plain\", \"external\"]\n").reason == "no_effect");
    accepted("[auth]\nsasl_mechanisms = [\"external\"]\n" + pki);
    const auto own =
        finding("[auth]\nsasl_mechanisms = [\"external\"]\nsasl_external = [\"standard\", \"mine\"]\n" + pki);
    CHECK(own.reason == "not_supported");
    CHECK(own.level == config::severity::warning);
}
