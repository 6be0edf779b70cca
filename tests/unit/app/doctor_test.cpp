#include "gateway/doctor/examination.hpp"
#include "tests/unit/app/doctor_fixture.hpp"

#include <boost/json.hpp>

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

findings some() {
    findings all{fine("port_free", "port 1", "free"),
                 advice("little_space", "the disk", "1 MiB is free", "make room"),
                 problem("expired", "a name", "line\nbreak \xff", "renew it")};
    for (finding& each : all) each.subject = "files";
    return all;
}

}  // namespace

TEST_CASE("the doctor's report begins with problems and ends with how many there are") {
    CHECK(report(some()) ==
          "problem: a name: line?break ? [expired]\n"
          "    to do: renew it\n"
          "advice: the disk: 1 MiB is free [little_space]\n"
          "    to do: make room\n"
          "fine: port 1: free [port_free]\n"
          "1 problem, 1 advice, 1 fine\n");
    CHECK(report({}) == "0 problems, 0 advice, 0 fine\n");
}

TEST_CASE("the doctor's report for programs has every finding with its fields") {
    const auto whole = boost::json::parse(report_json(some(), "meerkat.toml")).as_object();
    CHECK(whole.at("file").as_string() == "meerkat.toml");
    CHECK(whole.at("problems").as_int64() == 1);
    CHECK(whole.at("advice").as_int64() == 1);
    const auto& list = whole.at("findings").as_array();
    REQUIRE(list.size() == 3);
    const boost::json::value expected{{"severity", "advice"},     {"subject", "files"},
                                      {"reason", "little_space"}, {"looked_at", "the disk"},
                                      {"found", "1 MiB is free"}, {"to_do", "make room"}};
    CHECK(list[1] == expected);
    CHECK(list[2].as_object().at("found").as_string() == "line?break ?");
}

TEST_CASE("the doctor's exit code tells problems from advice") {
    CHECK(exit_code({fine("a", "b", "c")}) == 0);
    CHECK(exit_code({fine("a", "b", "c"), advice("a", "b", "c", "d")}) == 2);
    CHECK(exit_code({advice("a", "b", "c", "d"), problem("a", "b", "c", "d")}) == 1);
}

TEST_CASE("the doctor examines every subject of the configuration as it is shipped") {
    fake_world around;
    around.missing = {"data/demo.json"};
    const auto reading = load_configuration(MEERKAT_SOURCE_DIR "/config/meerkat.toml");
    REQUIRE(reading.servable());
    const findings all = examine({*reading.value, *reading.modern, "meerkat.toml"}, around);
    std::set<std::string> subjects;
    for (const finding& each : all) subjects.insert(each.subject);
    CHECK(subjects == std::set<std::string>{"files", "names", "ports", "timeouts"});
}

TEST_CASE("long lists in findings are cut") {
    CHECK(listed({}).empty());
    CHECK(listed({"a"}) == "a");
    CHECK(listed({"a", "b", "c"}) == "a, b and c");
    CHECK(listed({"a", "b", "c", "d", "e", "f"}) == "a, b, c, d, e and f");
    CHECK(listed({"a", "b", "c", "d", "e", "f", "g"}) == "a, b, c, d, e and 2 more");
}
