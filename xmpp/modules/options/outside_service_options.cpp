// What leads clients to services outside, or asks one: uploads, STUN and TURN, filters of messages.

#include "xmpp/modules/options/known_group_modules.hpp"
#include "xmpp/modules/options/known_modules.hpp"
#include "xmpp/modules/options/module_pieces.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace meerkat {

using namespace config;
using namespace module_pieces;

namespace {

known_table s3_table() {
    return {
        known_required("bucket_url", non_empty_text(), "The address of the bucket files go to."),
        known_required("region", text(), "Its region, such as \"eu-west-1\"."),
        known_required("access_key_id", text(), "The name of the account's key."),
        known_required("secret_access_key", text(), "The key itself, which signs what uploads may do.")
            .secret(),
        known("add_acl", boolean(), false, "Asks for files that everybody may read."),
    };
}

// A limit that is not written was no limit.
void keep_uploads_unlimited(rewriter& r, node& upload) {
    if (r.read_as() >= "6.4.0"_r || !upload.table() || upload.find("max_file_size")) return;
    const place where = upload.where();
    r.warn(where, "old_default",
           "max_file_size is not written: in files of " + to_string(r.read_as()) +
               " this means that files may have any size",
           "write max_file_size = \"infinity\", or a limit in bytes");
    r.put(upload, "max_file_size", {"max_file_size", where, node(std::string("infinity"), where)});
}

void check_service(reader& r, const node& service, known_options&) {
    if (!service.find("secret")) return;
    for (const char* key : {"username", "password"}) {
        const node* const fixed = service.find(key);
        if (!fixed) continue;
        r.error(fixed->where(), "secret_with_credentials",
                std::string("with secret, each user gets credentials of their own: ") + key +
                    " cannot stand beside it",
                "remove secret, or username and password");
    }
}

}  // namespace

option mod_http_upload_option() {
    known_table t{
        known("host", host_template(), "upload.@HOST@", "The domain that clients ask for a place."),
        known_backend({"s3"}, "s3", "The kind of service that takes the files."),
        known("expiration_time", seconds(1), std::chrono::seconds(60),
              "How long a client may begin its upload."),
        known("token_bytes", at_least(1), 32, "Random bytes in a file's path, so that nobody guesses it."),
        known("max_file_size", limited(at_least(1, " (bytes)")), limit<std::int64_t>(10485760),
              "The largest file."),
        mandatory<known_options>(known_section("s3", s3_table(), "The bucket files go to.")),
        iqdisc(),
    };
    t.modernize(keep_uploads_unlimited);
    return section_not_yet("mod_http_upload", t, without::warns,
                           "Gives clients a place on the web for a file, XEP-0363.");
}

option mod_extdisco_option() {
    known_table service{
        known_required("type", non_empty_text(), "What it is, such as \"stun\" or \"turn\"."),
        known_required("host", non_empty_text(), "Its name or address."),
        known("port", integer<std::uint16_t>(0, 65535), std::nullopt, "Its port."),
        known("transport", one_word_of({"udp", "tcp"}), std::nullopt, "How it is reached."),
        known("username", non_empty_text(), std::nullopt, "The name that all users give there."),
        known("password", non_empty_text(), std::nullopt, "The password that goes with it.").secret(),
        known("secret", non_empty_text(), std::nullopt,
              "What the service shares with the server, so that each user gets credentials for an hour.")
            .since("6.6.0"_r)
            .secret(),
    };
    service.check(check_service);
    const known_table t{
        known_sections("service", service, "The services clients are told of."),
        iqdisc("5.1.0"_r),
    };
    return section_not_yet("mod_extdisco", t, without::warns, "Tells clients of services outside, XEP-0215.");
}

option mod_external_filter_option() {
    const known_table t{
        known_required("pool_tag", non_empty_text(),
                       "The pool of outgoing_pools.http that leads to the filter."),
    };
    return throughout(section_not_yet("mod_external_filter", t, without::warns,
                                      "Asks a service whether a message may be delivered."),
                      {.since = "6.6.0"_r, .until = {}});
}

}  // namespace meerkat
