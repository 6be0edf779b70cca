#include "handlers/bosh/bosh_handler.hpp"

#include "gateway/base/log.hpp"
#include "handlers/bosh/body_text.hpp"
#include "handlers/bosh/bosh_channel.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace meerkat {

namespace {

// A creating request has little to say.
constexpr bosh::body_limits creation_limits{8192 + 1024, {8192, 32, 64, 64}};

// A body may hold several stanzas; this much is read of one, before it is known whose it is.
constexpr std::size_t smallest_body_limit = std::size_t{64} * 1024;
constexpr std::size_t largest_body_limit = std::size_t{16} * 1024 * 1024;

constexpr std::uint64_t usual_wait = 60;  // seconds
constexpr unsigned newest_minor_version = 11;
constexpr std::size_t key_size = 40;  // a SHA-1 hash in hexadecimal (XEP-0124, 15)

// Pages of any site may use BOSH: nothing of a browser vouches for them. What stanzas hold must not run as a
// page of this site, should somebody be led here by a form.
#define MEERKAT_BOSH_FIELDS                                \
    "Access-Control-Allow-Methods: POST, OPTIONS, GET\r\n" \
    "Access-Control-Allow-Headers: content-type\r\n"       \
    "Access-Control-Max-Age: 1728000\r\n"                  \
    "Content-Security-Policy: sandbox\r\n"
constexpr std::string_view fields_for_anybody = "Access-Control-Allow-Origin: *\r\n" MEERKAT_BOSH_FIELDS;
constexpr std::string_view usual_fields =
    "Content-Type: text/xml; charset=utf8\r\nAccess-Control-Allow-Origin: *\r\n" MEERKAT_BOSH_FIELDS;
constexpr std::string_view fields_for_origin = MEERKAT_BOSH_FIELDS;
#undef MEERKAT_BOSH_FIELDS

constexpr std::string_view page =
    "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>BOSH</title></head><body><h1>BOSH</h1>"
    "<p>XMPP clients connect here by HTTP requests (XEP-0124 and XEP-0206). There is nothing to see for a "
    "browser: give this address to a client that asks for a BOSH URL.</p></body></html>\n";

http::response answer(std::string body, unsigned status = 200) {
    http::response given;
    given.status = status;
    given.static_fields = usual_fields;
    given.body = std::move(body);
    return given;
}

http::response options_answer(const http::request& asked) {
    http::response given;
    given.static_fields = fields_for_origin;
    given.fields.add("Access-Control-Allow-Origin", asked.fields.get("Origin").value_or("*"));
    given.fields.add("Allow", "POST, OPTIONS, GET");
    return given;
}

http::response page_answer() {
    http::response given;
    given.fields.add("Content-Type", "text/xml; charset=utf8");
    given.static_body = page;
    return given;
}

http::response other_answer() {
    http::response given = answer(bosh::terminal_body("bad-request", "Use POST request method"), 405);
    given.fields.add("Allow", "POST, OPTIONS, GET");
    return given;
}

// Of the client's version and ours the lower (XEP-0124, 7.2): "1.6" with us is 1.6.
std::string common_version(std::string_view asked) {
    const std::size_t dot = asked.find('.');
    if (dot == std::string_view::npos) return {};
    const auto major = bosh::whole_number(asked.substr(0, dot));
    const auto minor = bosh::whole_number(asked.substr(dot + 1));
    if (!major || !minor || *major == 0) return {};
    const auto lower =
        *major > 1 ? newest_minor_version : std::min<std::uint64_t>(*minor, newest_minor_version);
    return "1." + std::to_string(lower);
}

// What a session's answers call themselves on demand; nothing that could not stand in a field.
std::string content_type(std::string_view asked) {
    constexpr std::size_t longest = 128;
    const bool sound = asked.size() <= longest && asked.find('/') != std::string_view::npos &&
                       std::all_of(asked.begin(), asked.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
    return sound ? std::string(asked) : std::string();
}

std::size_t body_limit_of(const client_options& options) {
    const std::size_t stanza = options.max_stanza_size.value_or(largest_body_limit);
    return std::clamp(2 * std::min(stanza, largest_body_limit), smallest_body_limit, largest_body_limit);
}

channel_event opening_of(const bosh::request_body& body, std::string_view domain) {
    xml::document header("stream", ns::stream);
    header.root().set_attr("to", domain).set_attr("version", "1.0");
    if (body.has_attr("from")) header.root().set_attr("from", body.attr("from"));
    if (!body.lang().empty()) header.root().set_attr("lang", xml::xml_ns, body.lang());
    return xml::stream_opened{std::move(header), true, ns::client};
}

}  // namespace

bosh_handler::bosh_handler(const bosh_options& options, bosh_service& service, std::uint64_t shaper_rate,
                           net::address_limits& addresses, streams_of streams)
    : service_(service),
      rate_(std::make_shared<std::atomic<std::uint64_t>>(shaper_rate)),
      profile_(std::make_shared<const stream_profile>(stream_profile{options.client, rate_})),
      body_limit_(body_limit_of(options.client)),
      addresses_(addresses),
      streams_(std::move(streams)) {}

void bosh_handler::prepare(const bosh_options& next, std::uint64_t shaper_rate, preparation& change) {
    auto profile = std::make_shared<const stream_profile>(stream_profile{next.client, rate_});
    change.then(
        [this, profile = std::move(profile), shaper_rate, limit = body_limit_of(next.client)]() mutable {
            *rate_ = shaper_rate;
            body_limit_ = limit;
            profile_.set(std::move(profile));
        });
}

http::response bosh_handler::refusal(unsigned status) const {
    return answer(bosh::terminal_body(status == 413 ? "policy-violation" : "bad-request"), status);
}

task<http::response> bosh_handler::handle_late(http::request& asked, http::client_line& client) {
    if (asked.method == "OPTIONS") co_return options_answer(asked);
    if (asked.method == "GET") co_return page_answer();
    if (asked.method != "POST") co_return other_answer();
    if (asked.body.empty()) co_return answer(bosh::terminal_body("bad-request", "Missing request body"), 400);

    auto waiting = std::make_shared<bosh::waiting_request>(shard::current(), asked.encrypted);
    const std::string_view sid = bosh::peek_sid(asked.body);
    auto name = bosh::session_name::read(sid, service_.shards());
    if (sid.empty()) {
        name = bosh::session_name::make(shard::current().index());
        const auto refused = create(asked, *name, waiting);
        if (refused) co_return answer(bosh::terminal_body(*refused));
    } else if (!name) {
        co_return answer(bosh::terminal_body("item-not-found"));
    } else {
        hand_over(*name, std::move(asked.body), waiting);
    }
    watch(client, *name, waiting);
    co_await waiting->answered();
    http::response given = answer(waiting->take_body());
    given.served_at = waiting->answered_at();
    if (std::string type = waiting->take_content_type(); !type.empty()) {
        given.static_fields = fields_for_anybody;
        given.fields.add("Content-Type", type);
    }
    co_return given;
}

void bosh_handler::watch(http::client_line& client, const bosh::session_name& name,
                         const std::shared_ptr<bosh::waiting_request>& waiting) {
    const auto tell = [this, name, waiting](http::disturbance what) {
        const auto how =
            what == http::disturbance::gone ? bosh::disturbance::gone : bosh::disturbance::draining;
        sessions_here().reach(name, [waiting, how](bosh::session* found) {
            if (found != nullptr) found->disturb(*waiting, how);
        });
    };
    if (waiting->is_answered()) return;
    if (!client.watch(tell)) tell(http::disturbance::draining);
}

void bosh_handler::hand_over(const bosh::session_name& name, std::string body,
                             std::shared_ptr<bosh::waiting_request> waiting) {
    sessions_here().reach(
        name, [body = std::move(body), waiting = std::move(waiting)](bosh::session* found) mutable {
            if (found != nullptr && found->admits(*waiting)) return found->request(body, std::move(waiting));
            bosh::waiting_request::answer(std::move(waiting), bosh::terminal_body("item-not-found"), {});
        });
}

// Sessions.

bool bosh_handler::serves(const std::string& domain, const bosh_service_options& options) const {
    const host* const at = streams_(shard::current().index()).at_home().host_of(domain);
    if (at == nullptr) return false;
    if (!options.host_types) return true;
    return std::any_of(options.host_types->begin(), options.host_types->end(), [&](const std::string& type) {
        return type == at->host_type || nameprep(type) == at->host_type;
    });
}

bosh::sessions& bosh_handler::sessions_here() { return service_.at(shard::current().index()); }

std::optional<std::string_view> bosh_handler::create(const http::request& asked,
                                                     const bosh::session_name& name,
                                                     std::shared_ptr<bosh::waiting_request> waiting) {
    if (asked.body.size() > creation_limits.bytes) return "policy-violation";
    auto read = bosh::read_body(asked.body, creation_limits);
    const auto* const body = std::get_if<bosh::request_body>(&read);
    if (body == nullptr) return "bad-request";
    // What only a session understands, of one that nobody knows.
    if (body->has_attr("sid") || body->terminates() || body->restarts() || body->has_attr("pause"))
        return "item-not-found";
    const auto options = service_.options();
    if (!options) return "host-unknown";
    bosh::agreement agreed;
    const auto rid = body->number("rid");
    if (!rid || *rid == 0) return "bad-request";
    agreed.rid = *rid;
    if (body->attr("to").empty()) return "improper-addressing";
    auto domain = nameprep(body->attr("to"));
    if (!domain || !serves(*domain, *options)) return "host-unknown";
    agreed.domain = std::move(*domain);
    const auto hold = body->number("hold");
    if (!hold || *hold == 0) return "undefined-condition";
    const auto wait = body->has_attr("wait") ? body->number("wait") : std::optional(usual_wait);
    if (!wait) return "bad-request";
    const auto longest = std::min(options->wait_cap, options->max_wait.value_or(options->wait_cap));
    agreed.wait =
        std::chrono::seconds(std::min<std::uint64_t>(*wait, static_cast<std::uint64_t>(longest.count())));
    agreed.inactivity = options->inactivity;
    agreed.max_pause = options->max_pause;
    agreed.server_acks = options->server_acks;
    agreed.client_acks = body->attr("ack") == "1";
    agreed.version = common_version(body->attr("ver"));
    if (body->has_attr("newkey")) {
        if (body->attr("newkey").size() != key_size) return "bad-request";
        agreed.key = bosh::lower_case(body->attr("newkey"));
    }

    client_streams& streams = streams_(shard::current().index());
    if (streams.shutting_down()) return "system-shutdown";
    std::shared_ptr<void> admission = addresses_.enter(asked.peer);
    if (!admission) {
        log::info("address_limit", {{"ip", asked.peer.ip}});
        return "policy-violation";
    }
    bosh::session_facts facts{content_type(body->attr("content")), asked.encrypted};
    agreed.sid = name.text();
    auto header = opening_of(*body, agreed.domain);
    bosh::session* const made =
        sessions_here().create(std::move(agreed), std::move(facts), std::move(waiting), name);
    if (made == nullptr) return "policy-violation";
    auto channel = std::make_unique<bosh_channel>(made->link(), service_, asked);
    made->open(std::move(header));
    streams.accept(std::move(channel), profile_.get(), std::move(admission));
    return std::nullopt;
}

}  // namespace meerkat
