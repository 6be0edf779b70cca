#include "gateway/doctor/certificates.hpp"
#include "tests/support/certificate_maker.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

using namespace meerkat;
using namespace meerkat::doctor;
using testing::certificate_plan;
using testing::made_certificate;

namespace {

using std::chrono::days;

constexpr std::chrono::sys_days today{std::chrono::year{2030} / 6 / 1};

certificate_plan plan(const std::string& names) {
    certificate_plan p;
    p.common_name = "server";
    p.alternative_names = names;
    p.begin = today - days(10);
    p.end = today + days(80);
    return p;
}

certificate_plan authority_plan(const std::string& name) {
    certificate_plan p;
    p.common_name = name;
    p.begin = today - days(1000);
    p.end = today + days(1000);
    p.authority = true;
    return p;
}

// A folder with the files of one listener, and what the doctor says of them without the folder's name.
class site_files {
public:
    fake_world world;

    site_files() { trust(root); }

    const made_certificate root{authority_plan("Test Root")};
    const made_certificate middle{authority_plan("Test Middle"), &root};

    void trust(const made_certificate& authority) {
        write("roots.pem", authority.pem());
        world.trusted = folder_ / "roots.pem";
    }
    void write(const std::string& name, const std::string& content) {
        std::ofstream(folder_ / name) << content;
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    // A certificate with its chain, and its key.
    void serve(const made_certificate& own) {
        write("cert.pem", own.pem() + middle.pem());
        write("key.pem", own.key_pem());
    }
    std::string tls(const std::string& more = {}) const {
        return "verify_mode = \"none\"\ncertfile = \"" + (folder_ / "cert.pem").string() +
               "\"\nkeyfile = \"" + (folder_ / "key.pem").string() + "\"\n" + more;
    }
    std::string c2s(const std::string& more = {}) const {
        return "[[listen.c2s]]\nport = 5222\n[listen.c2s.tls]\n" + tls(more);
    }

    lines about(const std::string& listeners, const std::string& hosts = "\"a.net\"") {
        lines said;
        for (std::string line : examined(examine_certificates, world, listeners, hosts)) {
            const std::string name = folder_.path().string() + '/';
            for (auto at = line.find(name); at != std::string::npos; at = line.find(name))
                line.erase(at, name.size());
            const std::string own = "the certificate cert.pem (listen.c2s, line 4): ";
            if (const auto at = line.find(own); at != std::string::npos) line.erase(at, own.size());
            said.push_back(line);
        }
        return said;
    }
    // Without what is fine.
    lines complaints(const std::string& listeners, const std::string& hosts = "\"a.net\"") {
        lines all = about(listeners, hosts);
        std::erase_if(all, [](const std::string& line) { return line.starts_with("fine: "); });
        return all;
    }

private:
    testing::temporary_directory folder_;
};

}  // namespace

TEST_CASE("a good certificate is fine in every respect") {
    site_files files;
    files.serve(made_certificate(plan("DNS:a.net"), &files.middle));
    CHECK(files.about(files.c2s()) ==
          lines{"fine: the key key.pem: belongs to the certificate [key_matches]",
                "fine: covers a.net [names_covered]", "fine: expires on 2030-08-20, in 80 days [valid]",
                "fine: keys and signatures are strong enough [strong]",
                "fine: leads to an authority that this machine trusts [trusted]"});
}

TEST_CASE("a certificate that several listeners show is examined once") {
    site_files files;
    files.serve(made_certificate(plan("DNS:a.net"), &files.middle));
    const lines said = files.about(files.c2s() + "[[listen.http]]\nport = 5285\n[listen.http.tls]\n" +
                                   files.tls() + "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n");
    REQUIRE(said.size() == 5);
    CHECK(said[1] ==
          "fine: the certificate cert.pem (listen.c2s, line 4; listen.http, line 10): covers a.net "
          "[names_covered]");
}

TEST_CASE("a certificate for some domains is held against these, and the default one against the others") {
    site_files files;
    files.serve(made_certificate(plan("DNS:a.net"), &files.middle));
    const made_certificate other(plan("DNS:b.net"), &files.middle);
    files.write("other.pem", other.pem() + files.middle.pem() + other.key_pem());
    const auto named = [&files](const std::string& domains) {
        return files.c2s("[[listen.c2s.tls.certificates]]\ndomains = [" + domains + "]\ncertfile = \"" +
                         files.path("other.pem") + "\"\n");
    };
    CHECK(files.complaints(named("\"b.net\""), "\"a.net\", \"b.net\"").empty());
    CHECK(files.complaints(named("\"c.net\""), "\"a.net\", \"c.net\"") ==
          lines{"problem: the certificate other.pem (listen.c2s, line 4): does not cover c.net; its names "
                "are b.net "
                "[name_missing]",
                "    get a certificate whose subjectAltName holds every name that is served"});
}

TEST_CASE("files that hold no certificate or key are a problem") {
    site_files files;
    files.write("cert.pem", "nothing");
    files.write("key.pem", "nothing");
    CHECK(files.about(files.c2s()) ==
          lines{"problem: holds no certificate in PEM form [certificate_unusable]",
                "    name a PEM file that begins with -----BEGIN CERTIFICATE-----"});
    const made_certificate own(plan("DNS:a.net"), &files.middle);
    files.write("cert.pem", own.pem() + files.middle.pem());
    CHECK(files.complaints(files.c2s()) ==
          lines{"problem: the key key.pem: holds no private key in PEM form [key_unusable]",
                "    name the private key that the certificate was requested with"});
    files.write("cert.pem", own.pem() + "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n");
    CHECK(files.about(files.c2s()).front().starts_with("problem: certificate 2 of the file is damaged: "));
}

TEST_CASE("files that this user may not read are left to the examination of files") {
    site_files files;
    files.write("cert.pem", "nothing");
    files.write("key.pem", "nothing");
    const std::string listener = files.c2s();
    const std::size_t begin = listener.find("certfile = \"") + 12;
    files.world.files[listener.substr(begin, listener.find('"', begin) - begin)] = {false, 0600, false,
                                                                                    false};
    CHECK(files.about(listener).empty());
}

TEST_CASE("the key must belong to the first certificate of the file") {
    site_files files;
    const made_certificate own(plan("DNS:a.net"), &files.middle);
    files.serve(own);
    files.write("key.pem", made_certificate(plan("DNS:a.net")).key_pem());
    CHECK(files.complaints(files.c2s()) ==
          lines{"problem: the key key.pem: does not belong to the certificate cert.pem [key_of_another]",
                "    name the key that this certificate was requested with"});
    files.write("cert.pem", files.middle.pem() + own.pem());
    files.write("key.pem", own.key_pem());
    CHECK(files.complaints(files.c2s()).front() ==
          "problem: the key key.pem: belongs to certificate 2 of the file, not "
          "to the first, which is the one that is shown "
          "[certificate_not_first]");
}

TEST_CASE("the passphrase of an encrypted key must be there and right, and is never shown") {
    site_files files;
    const made_certificate own(plan("DNS:a.net"), &files.middle);
    files.serve(own);
    files.write("key.pem", own.key_pem("correct horse"));
    CHECK(files.complaints(files.c2s()) == lines{"problem: the key key.pem: is encrypted, and the file has "
                                                 "no passphrase for it [passphrase_missing]",
                                                 "    write password = \"...\" beside keyfile, or take the "
                                                 "passphrase off: openssl pkey -in OLD -out "
                                                 "NEW"});
    CHECK(files.complaints(files.c2s("password = \"battery staple\"\n")) ==
          lines{"problem: the key key.pem: is encrypted, and the passphrase in the file does not open it "
                "[passphrase_wrong]",
                "    correct the password beside keyfile"});
    CHECK(files.complaints(files.c2s("password = \"correct horse\"\n")).empty());
}

TEST_CASE("a certificate must name every served domain") {
    site_files files;
    files.serve(made_certificate(plan("DNS:a.net,DNS:*.b.net"), &files.middle));
    CHECK(
        files.complaints(files.c2s(),
                         "\"a.net\", \"A.NET.x.org\", \"chat.b.net\", \"b.net\", \"x.chat.b.net\"") ==
        lines{"problem: does not cover a.net.x.org, b.net and x.chat.b.net; its names are a.net and *.b.net "
              "[name_missing]",
              "    get a certificate whose subjectAltName holds every name that is served"});
}

TEST_CASE("a certificate may name a domain as a service or an XMPP address, for clients of XMPP") {
    site_files files;
    const std::string names =
        "otherName:1.3.6.1.5.5.7.8.7;IA5:_xmpp-client.a.net,"
        "otherName:1.3.6.1.5.5.7.8.5;UTF8:b.net,"
        "otherName:1.3.6.1.5.5.7.8.7;IA5:_xmpp-server.c.net";
    files.serve(made_certificate(plan(names), &files.middle));
    CHECK(files.complaints(files.c2s(), "\"a.net\", \"b.net\"").empty());
    CHECK(files.complaints(files.c2s(), "\"a.net\", \"c.net\"").front() ==
          "problem: does not cover c.net; its names are _xmpp-client.a.net, b.net and _xmpp-server.c.net "
          "[name_missing]");
    const std::string https = "[[listen.http]]\nport = 5285\n[listen.http.tls]\n" + files.tls() +
                              "[[listen.http.handlers.meerkat_health]]\nhost = \"a.net\"\n";
    CHECK(files.complaints(https).front() ==
          "problem: the certificate cert.pem (listen.http, line 4): does not cover a.net; its names are "
          "_xmpp-client.a.net, b.net and _xmpp-server.c.net [name_missing]");
}

TEST_CASE("a certificate names domains beyond ASCII in their encoded form") {
    site_files files;
    files.serve(made_certificate(plan("DNS:xn--bcher-kva.net"), &files.middle));
    CHECK(files.complaints(files.c2s(), "\"bücher.net\"").empty());
}

TEST_CASE("a name in the subject alone is an advice, no name for browsers on any host too") {
    site_files files;
    certificate_plan old = plan("");
    old.common_name = "a.net";
    files.serve(made_certificate(old, &files.middle));
    CHECK(files.complaints(files.c2s()) ==
          lines{"advice: names a.net in its subject alone, where browsers and most clients no longer look "
                "[common_name_only]",
                "    get a certificate that holds the names as subjectAltName"});
    files.serve(made_certificate(plan("DNS:www.a.net"), &files.middle));
    const std::string https = "[[listen.http]]\nport = 5285\n[listen.http.tls]\n" + files.tls() +
                              "[[listen.http.handlers.meerkat_health]]\nhost = \"_\"\n";
    CHECK(files.complaints(https) ==
          lines{"advice: the certificate cert.pem (listen.http, line 4): does not cover a.net for browsers; "
                "its names "
                "are www.a.net [name_missing_for_browsers]",
                "    get a certificate that holds them as dNSName, unless browsers come by another name"});
}

TEST_CASE("the nearer the end of a certificate, the more urgent the advice") {
    site_files files;
    const auto about_end = [&files](std::chrono::system_clock::duration left) {
        certificate_plan p = plan("DNS:a.net");
        p.end = today + left;
        files.serve(made_certificate(p, &files.middle));
        return files.complaints(files.c2s());
    };
    CHECK(about_end(days(30)).empty());
    CHECK(about_end(days(30) - std::chrono::seconds(1)) ==
          lines{"advice: expires on 2030-06-30, in 29 days [expires_soon]",
                "    renew it, or make sure that something does"});
    CHECK(about_end(days(1)) == lines{"advice: expires on 2030-06-02, in 1 day [expires_very_soon]",
                                      "    renew it now, and find out why that has not happened by itself"});
    CHECK(about_end(-days(1)) == lines{"problem: expired on 2030-05-31: clients refuse it [expired]",
                                       "    renew it and put the new one in its place"});
}

TEST_CASE("a certificate that is not valid yet is a problem") {
    site_files files;
    certificate_plan p = plan("DNS:a.net");
    p.begin = today + days(2);
    files.serve(made_certificate(p, &files.middle));
    CHECK(files.complaints(files.c2s()) ==
          lines{"problem: is not valid before 2030-06-03 [not_yet_valid]",
                "    check the clock of this machine, or use the certificate that is valid now"});
}

TEST_CASE("short keys and broken hashes are a problem") {
    site_files files;
    certificate_plan p = plan("DNS:a.net");
    p.rsa_bits = 1024;
    files.serve(made_certificate(p, &files.middle));
    CHECK(files.complaints(files.c2s()) ==
          lines{"problem: the key of \"server\" is weak: RSA of 1024 bits [weak_key]",
                "    get a new certificate with a key of type EC P-256, or RSA of 2048 bits at least"});
    p.rsa_bits = 2048;
    p.hash = "SHA1";
    files.serve(made_certificate(p, &files.middle));
    CHECK(files.complaints(files.c2s()) == lines{"problem: the certificate of \"server\" is signed with "
                                                 "SHA1, which clients refuse [weak_signature]",
                                                 "    get a new certificate signed with SHA-256"});
}
