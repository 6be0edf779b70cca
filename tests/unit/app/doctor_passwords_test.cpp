#include "gateway/doctor/passwords.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

const std::string make_one = "    write a long random one, for instance from: openssl rand -base64 24";
const std::string open_listener = "[[listen.c2s]]\nport = 5222\n";
const std::string closed_listener = "[[listen.c2s]]\nport = 5222\nip_address = \"127.0.0.1\"\n";

lines about(const std::string& more) {
    fake_world around;
    around.missing = {"data/demo.json"};
    return examined(examine_passwords, around, more);
}

lines about_tree(const std::string& text) {
    fake_world around;
    around.missing = {"data/demo.json"};
    return examined_tree(examine_passwords, around, text);
}

std::string component(const std::string& password) {
    return "[[listen.component]]\nport = 8888\npassword = \"" + password + "\"\n";
}

}  // namespace

TEST_CASE("passwords of example files are a problem, in whatever case they are written") {
    for (const char* known : {"secret", "Secret", "mongooseim_secret", "CHANGEME", "12345678"}) {
        CHECK(about_tree(component(known)) ==
              lines{"problem: listen.component.password (line 3): it is one of the first that anybody tries "
                    "[known_password]",
                    make_one});
    }
}

TEST_CASE("short and empty passwords are found, long ones are not shown") {
    CHECK(
        about_tree(component("t7Kp2")) ==
        lines{"advice: listen.component.password (line 3): it is shorter than 8 characters [short_password]",
              make_one});
    CHECK(about_tree(component("")) ==
          lines{"problem: listen.component.password (line 3): it is empty [empty_password]", make_one});
    CHECK(about_tree(component("t7Kp2vQx9") + component("9vQxt7Kp2")) ==
          lines{"fine: the passwords and secrets in the file: none of 2 is short or well known [passwords]"});
    CHECK(about_tree("").empty());
}

TEST_CASE("secrets are found by their keys in every section, also in those this release does not read") {
    CHECK(about_tree("[[listen.component]]\nport = 1\npassword = \"prettyEasy1\"\n"
                     "[outgoing_pools.rdbms.default.connection]\nusername = \"mongooseim-db\"\npassword = "
                     "\"Mongooseim-DB\"\n"
                     "[services.s]\napi_token = \"guest\"\nlist = [{secret = {value = \"qwerty\"}}]\n") ==
          lines{"problem: outgoing_pools.rdbms.default.connection.password (line 6): it is the same as the "
                "user name "
                "beside it [password_is_username]",
                make_one,
                "problem: services.s.api_token (line 8): it is one of the first that anybody tries "
                "[known_password]",
                make_one,
                "problem: services.s.list.secret.value (line 9): it is one of the first that anybody tries "
                "[known_password]",
                make_one});
}

TEST_CASE("options that only sound like secrets are left alone") {
    CHECK(about_tree("[auth.internal]\n[auth.password]\nformat = "
                     "\"scram\"\n[modules.mod_register]\npassword_strength = 32\n")
              .empty());
}

TEST_CASE("the demo's accounts must not be served to the network") {
    fake_world around;
    CHECK(examined(examine_passwords, around, closed_listener) ==
          lines{"fine: the file data/demo.json: holds the demo's passwords; only this machine is served "
                "[demo_accounts]"});
    CHECK(examined(examine_passwords, around, closed_listener + open_listener) ==
          lines{"problem: the file data/demo.json: holds the passwords of the demo's accounts, which this "
                "file serves "
                "to the network [demo_accounts]",
                "    write another data_dir for the site; the demo's folder belongs to the demo alone"});
}

TEST_CASE("letting in everybody with any password is a problem on an open listener") {
    const std::string to_do = "    remove it and write [auth.internal], unless this is a test";
    CHECK(about("[auth.dummy]\n" + closed_listener) ==
          lines{"advice: auth.dummy: every name is let in with any password [any_password]", to_do});
    CHECK(about("[auth.dummy]\n" + open_listener) ==
          lines{"problem: auth.dummy: every name is let in with any password [any_password]", to_do});
}
