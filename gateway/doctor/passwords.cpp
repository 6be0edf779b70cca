#include "gateway/doctor/passwords.hpp"

#include "gateway/doctor/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace meerkat::doctor {

namespace {

constexpr std::size_t shortest = 8;

// From documentation, example files and every list of first guesses. Lower case.
constexpr std::array<std::string_view, 42> notorious{"secret",      "password",   "passwd",
                                                     "passw0rd",    "pass",       "passphrase",
                                                     "pa55word",    "admin",      "administrator",
                                                     "root",        "changeme",   "change_me",
                                                     "change-me",   "changeit",   "letmein",
                                                     "welcome",     "default",    "guest",
                                                     "test",        "testing",    "demo",
                                                     "example",     "qwerty",     "qwertyuiop",
                                                     "abc123",      "123456",     "1234567",
                                                     "12345678",    "123456789",  "1234567890",
                                                     "11111111",    "00000000",   "topsecret",
                                                     "top_secret",  "mysecret",   "password1",
                                                     "password123", "mongooseim", "mongooseim_secret",
                                                     "ejabberd",    "xmpp",       "meerkat"};

const char* const make_one = "write a long random one, for instance from: openssl rand -base64 24";

bool equal_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool is_notorious(std::string_view value) {
    return std::any_of(notorious.begin(), notorious.end(),
                       [value](std::string_view known) { return equal_without_case(known, value); });
}

void judge(const written_secret& each, findings& all) {
    const std::string where = each.path + " (line " + std::to_string(each.where.line) + ")";
    if (each.value.empty()) {
        all.push_back(problem("empty_password", where, "it is empty", make_one));
    } else if (is_notorious(each.value)) {
        all.push_back(
            problem("known_password", where, "it is one of the first that anybody tries", make_one));
    } else if (!each.user.empty() && equal_without_case(each.value, each.user)) {
        all.push_back(
            problem("password_is_username", where, "it is the same as the user name beside it", make_one));
    } else if (each.value.size() < shortest) {
        all.push_back(advice("short_password", where, "it is shorter than 8 characters", make_one));
    }
}

void examine_demo(const site& examined, const world& around, findings& all) {
    const std::filesystem::path left = examined.settings.process.data_dir / "demo.json";
    if (!around.look_at(left)) return;
    const std::string where = "the file " + left.string();
    if (!open_to_the_network(examined.settings)) {
        all.push_back(
            fine("demo_accounts", where, "holds the demo's passwords; only this machine is served"));
        return;
    }
    all.push_back(
        problem("demo_accounts", where,
                "holds the passwords of the demo's accounts, which this file serves to the network",
                "write another data_dir for the site; the demo's folder belongs to the demo alone"));
}

void examine_dummy(const site& examined, findings& all) {
    if (!examined.settings.auth.dummy) return;
    const std::string where = "auth.dummy";
    const std::string found = "every name is let in with any password";
    const std::string to_do = "remove it and write [auth.internal], unless this is a test";
    all.push_back(open_to_the_network(examined.settings) ? problem("any_password", where, found, to_do)
                                                         : advice("any_password", where, found, to_do));
}

}  // namespace

findings examine_passwords(const site& examined, world& around) {
    findings all;
    const auto written = secrets_in(examined.document);
    for (const written_secret& each : written) judge(each, all);
    if (!written.empty() && all.empty())
        all.push_back(fine("passwords", "the passwords and secrets in the file",
                           "none of " + std::to_string(written.size()) + " is short or well known"));
    examine_demo(examined, around, all);
    examine_dummy(examined, all);
    return all;
}

}  // namespace meerkat::doctor
