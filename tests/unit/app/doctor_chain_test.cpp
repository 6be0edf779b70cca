#include "gateway/doctor/certificate_chain.hpp"
#include "tests/support/certificate_maker.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

using namespace meerkat;
using namespace meerkat::doctor;
using testing::certificate_plan;
using testing::made_certificate;

namespace {

using std::chrono::days;

constexpr std::chrono::sys_days today{std::chrono::year{2030} / 6 / 1};

certificate_plan plan(const std::string& name, bool authority, days left = days(1000)) {
    certificate_plan p;
    p.common_name = name;
    p.begin = today - days(1000);
    p.end = today + left;
    p.authority = authority;
    return p;
}

const testing::temporary_directory& folder() {
    static const testing::temporary_directory made;
    return made;
}

std::string written(const std::string& name, const std::string& content) {
    std::ofstream(folder() / name) << content;
    return (folder() / name).string();
}

// What is said of a file with these certificates where `root` is trusted.
lines about(const std::string& certificates, const made_certificate& root) {
    const auto chain = read_certificates(written("cert.pem", certificates));
    REQUIRE(chain.has_value());
    return as_text(examine_chain(*chain, "C", written("roots.pem", root.pem()), today));
}

}  // namespace

TEST_CASE("a chain may have any length, and the root at its end does no harm") {
    const made_certificate root(plan("Root", true)), first(plan("First", true), &root),
        second(plan("Second", true), &first), own(plan("a.net", false), &second);
    const lines trusted{"fine: C: leads to an authority that this machine trusts [trusted]"};
    CHECK(about(own.pem() + second.pem() + first.pem(), root) == trusted);
    CHECK(about(own.pem() + second.pem() + first.pem() + root.pem(), root) == trusted);
}

TEST_CASE("a missing intermediate certificate is a problem") {
    const made_certificate root(plan("Root", true)), middle(plan("Middle", true), &root),
        own(plan("a.net", false), &middle);
    CHECK(about(own.pem(), root) == lines{"problem: C: the certificate of \"Middle\", who signed \"a.net\", "
                                          "is missing: clients that do not have "
                                          "it refuse the connection [chain_incomplete]",
                                          "    put the intermediate certificates behind the server's own "
                                          "into certfile; Let's Encrypt calls that "
                                          "file fullchain.pem"});
}

TEST_CASE("certificates in the wrong order, and some that do not belong there, are worth an advice") {
    const made_certificate root(plan("Root", true)), first(plan("First", true), &root),
        second(plan("Second", true), &first), own(plan("a.net", false), &second);
    const lines advised{
        "advice: C: its certificates do not follow each other: some clients refuse such a chain "
        "[out_of_order]",
        "    in certfile put the server's own certificate first, and behind each the one of its issuer; "
        "remove those that do not belong to it",
        "fine: C: leads to an authority that this machine trusts [trusted]"};
    CHECK(about(own.pem() + first.pem() + second.pem(), root) == advised);
    CHECK(about(own.pem() + second.pem() + first.pem() + made_certificate(plan("Else", true)).pem(), root) ==
          advised);
}

TEST_CASE("self-signed and private certificates are worth an advice") {
    const made_certificate root(plan("Root", true)), own(plan("a.net", false));
    CHECK(
        about(own.pem(), root) ==
        lines{"advice: C: is self-signed: browsers and clients refuse it unless their users decide otherwise "
              "[self_signed]",
              "    get a certificate from an authority that clients know (Let's Encrypt costs nothing), or "
              "give this "
              "one to every client"});
    CHECK(about(own.pem(), own) ==
          lines{"fine: C: leads to an authority that this machine trusts [trusted]"});
    const made_certificate house(plan("House", true)), issued(plan("b.net", false), &house);
    CHECK(
        about(issued.pem() + house.pem(), root) ==
        lines{
            "advice: C: comes from \"House\", an authority that this machine does not trust "
            "[private_authority]",
            "    make sure that every client knows this authority, or get a certificate from one they know"});
}

TEST_CASE("an expired intermediate certificate is a problem, the end of the server's own is told elsewhere") {
    const made_certificate root(plan("Root", true)), middle(plan("Middle", true, days(-1)), &root),
        own(plan("a.net", false), &middle);
    CHECK(
        about(own.pem() + middle.pem(), root) ==
        lines{"problem: C: the certificate of \"Middle\" above it has expired [authority_expired]",
              "    get the present intermediate certificates from the authority and put them into certfile"});
    const made_certificate late(plan("a.net", false, days(-1)), &root);
    CHECK(about(late.pem(), root) ==
          lines{"fine: C: leads to an authority that this machine trusts [trusted]"});
}

TEST_CASE("a certificate issued by one that is no authority is a problem") {
    const made_certificate root(plan("Root", true)), middle(plan("Middle", false), &root),
        own(plan("a.net", false), &middle);
    CHECK(about(own.pem() + middle.pem(), root).front().starts_with("problem: C: "));
}
