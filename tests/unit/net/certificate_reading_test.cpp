#include "gateway/net/certificate_reading.hpp"

#include "tests/support/certificate_maker.hpp"

#include <catch2/catch.hpp>
#include <openssl/x509_vfy.h>

using namespace meerkat::net;
using meerkat::testing::certificate_plan;
using meerkat::testing::made_certificate;
using meerkat::testing::xmpp_address;
using strings = std::vector<std::string>;

TEST_CASE("a client's certificate is read into its common name, addresses and domain names") {
    const made_certificate made(
        {.common_name = "Juliet Capulet",
         .alternative_names = xmpp_address("juliet@localhost") + ",DNS:capulet.example," +
                              xmpp_address("juliet@capulet.example") + ",email:juliet@capulet.example"});
    const auto read = read_client_certificate(made.native(), X509_V_OK);
    CHECK(read->accepted());
    CHECK(read->common_name == "Juliet Capulet");
    CHECK(read->xmpp_addresses == strings{"juliet@localhost", "juliet@capulet.example"});
    CHECK(read->dns_names == strings{"capulet.example"});
    CHECK(read->fingerprint.size() == 32);
}

TEST_CASE("other names of another kind are no XMPP addresses") {
    const made_certificate made({.alternative_names =
                                     "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:juliet@localhost,"
                                     "otherName:1.3.6.1.5.5.7.8.5;IA5:romeo@localhost"});
    CHECK(read_client_certificate(made.native(), X509_V_OK)->xmpp_addresses.empty());
}

TEST_CASE("of a certificate that is not accepted nothing is read but why") {
    const made_certificate made({.alternative_names = xmpp_address("juliet@localhost")});
    const auto read = read_client_certificate(made.native(), X509_V_ERR_CERT_HAS_EXPIRED);
    CHECK_FALSE(read->accepted());
    CHECK(read->refusal == "certificate has expired");
    CHECK(read->common_name.empty());
    CHECK(read->xmpp_addresses.empty());
}
