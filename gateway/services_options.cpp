#include "gateway/services_options.hpp"

#include "config/table.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace meerkat {

using namespace config;

namespace {

option domain_database() {
    return section_not_yet("service_domain_db",
                           known_table{
                               known("db_pool", non_empty_text(), "global",
                                     "Whose pool reaches the database: a host type's, or \"global\"."),
                               known("event_cleaning_interval", seconds(1), std::chrono::seconds(1800),
                                     "How often old changes are forgotten."),
                               known("event_max_age", seconds(1), std::chrono::seconds(7200),
                                     "Age at which a change is forgotten."),
                           },
                           without::warns, "Domains that are added and removed while the server runs.")
        .since("5.0.0"_r);
}

// Its identifier was a plain string up to 6.0.0, and is of no use without the secret that came later.
void drop_plain_tracking_id(rewriter& r, node& service) {
    const node* const id = service.find("tracking_id");
    if (!id || !id->text()) return;
    const rewriter::step here(r, "tracking_id");
    r.warn(id->where(), "no_effect", "this has no effect: nothing is reported to anybody", "remove it");
    take(service, "tracking_id");
}

option reports() {
    known_table tracking{
        known_required("id", non_empty_text(), "The account's identifier.").since("6.1.0"_r),
        known_required("secret", non_empty_text(), "The account's secret.").since("6.1.0"_r).secret(),
    };
    known_table t{
        known("report", boolean(), std::nullopt, "Whether to report."),
        known("initial_report", milliseconds(0), std::chrono::milliseconds(300'000),
              "Time from the start to the first report."),
        known("periodic_report", milliseconds(0), std::chrono::milliseconds(10'800'000),
              "Time between reports."),
        // COMPAT(files up to 6.0.0, for good): there a string stood under this key.
        known_section("tracking_id", tracking, "An account that gets the reports too."),
    };
    t.modernize(drop_plain_tracking_id);
    return section_never(
        "service_mongoose_system_metrics", t,
        "Reports of how the server is used, to its makers. Meerkat reports nothing to anybody.");
}

option node_discovery() {
    return section_not_yet("cets",
                           known_table{
                               known("backend", one_of_words({"rdbms", "file"}), "rdbms",
                                     "Where the list of servers is: in the database, or in a file."),
                               known("cluster_name", non_empty_text(), "mongooseim",
                                     "Servers with the same name here find each other."),
                               known("node_list_file", existing_file(), std::nullopt,
                                     "The file that lists the servers, one to a line."),
                           },
                           without::warns,
                           "What several servers share in memory. Here one server keeps it for itself.");
}

option graphite() {
    return known_sections("graphite",
                          known_table{
                              known_required("host", non_empty_text(), "Its name or address."),
                              known("port", whole_number(0, 65535), 2003, "Its port."),
                              known("interval", milliseconds(1), std::chrono::milliseconds(60'000),
                                    "Time between reports."),
                              known("connect_timeout", milliseconds(1), std::chrono::milliseconds(5000),
                                    "Time it has to take a connection."),
                              known("api_key", text(), "", "A key sent in front of every name.").secret(),
                              known("prefix", text(), std::nullopt, "What every name begins with."),
                              known("env_prefix", non_empty_text(), std::nullopt,
                                    "The environment variable whose value stands before the prefix."),
                          },
                          "Graphite servers that measurements are sent to.")
        .identified_by("host");
}

// Several sections in one that has no options of its own.
option folder(std::string key, const known_table& inside, std::string meaning) {
    return group(std::move(key), inside, std::move(meaning)).value;
}

}  // namespace

table<services_options> services_table() {
    known_table oldest_commands{
        known("submods", list(non_empty_text()), std::nullopt, "Which groups of commands there are."),
    };
    return {
        section("service_bosh", &services_options::bosh, bosh_service_table(),
                "XMPP over HTTP requests (BOSH), XEP-0124.")
            .since("6.6.0"_r),
        domain_database(),
        reports(),
        section_not_yet("service_traffic", known_table(), without::warns,
                        "Shows administrators what single users send and get.")
            .since("6.6.0"_r),
        older_section("service_translations", known_table(), "6.3.2"_r, "6.7.0"_r,
                      dropped("texts are in the language of general.language"),
                      "Texts in several languages."),
        older_section("service_admin_extra", oldest_commands, "4.0.0"_r, "6.1.0"_r,
                      dropped("the command line it belonged to is gone from every release since 6.2.0"),
                      "Commands of the oldest command line."),
    };
}

option instrumentation_section() {
    const release came = "6.3.0"_r;
    known_table report{graphite()};
    known_table exometer{
        known("all_metrics_are_global", boolean(), false, "Counts all hosts together."),
        known_section("report", report, "Where measurements are sent to."),
    };
    known_table log{
        known("level",
              one_of_words(
                  {"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug", "all"}),
              "debug", "How severe such lines are."),
    };
    return folder("instrumentation",
                  known_table{
                      not_yet("probe_interval", seconds(1), std::chrono::seconds(15), without::warns,
                              "How often what has no event of its own is measured.")
                          .since(came),
                      section_not_yet("prometheus", known_table(), without::warns,
                                      "Measurements in the form Prometheus reads, over an HTTP handler.")
                          .since(came),
                      section_not_yet("exometer", exometer, without::warns,
                                      "Measurements sent to Graphite servers.")
                          .since(came),
                      section_not_yet("log", log, without::warns, "Events written into the log.").since(came),
                  },
                  "Measurements. Each kind is on when its section is written, also when it is empty.")
        .since(came);
}

option internal_databases_section() {
    return folder(
               "internal_databases",
               known_table{
                   section_accepted("mnesia", known_table(),
                                    "The database inside the server: here the embedded one, which is always "
                                    "there.")
                       .since("6.2.0"_r),
                   node_discovery().since("6.2.0"_r),
               },
               "Where data lives that no option sends elsewhere: the embedded database.")
        .since("6.2.0"_r);
}

}  // namespace meerkat
