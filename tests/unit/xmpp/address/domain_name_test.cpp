#include "xmpp/address/domain_name.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;

TEST_CASE("a domain has an ASCII form for the DNS and certificates") {
    CHECK(to_ascii_domain("a.example") == "a.example");
    CHECK(to_ascii_domain("bücher.example") == "xn--bcher-kva.example");
    CHECK(to_ascii_domain("пример.испытание") == "xn--e1afmkfd.xn--80akhbyknj4f");
}

TEST_CASE("a domain with labels that the DNS cannot hold has no ASCII form") {
    CHECK_FALSE(to_ascii_domain(""));
    CHECK_FALSE(to_ascii_domain("a..example"));
    CHECK_FALSE(to_ascii_domain(std::string(64, 'a') + ".example"));
    std::string name = "a";
    while (name.size() < 260) name += ".a";
    CHECK_FALSE(to_ascii_domain(name));
    CHECK_FALSE(to_ascii_domain("\xff.example"));
}
