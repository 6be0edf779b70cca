#include "xmpp/stream/negotiation.hpp"

#include "gateway/base/digest.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <utility>

namespace meerkat::negotiate {

namespace {

// A client may fail this often and try again; the next failure closes the connection (RFC 6120, 6.4.4 asks
// for a limit).
constexpr unsigned auth_retries = 3;
constexpr unsigned bind_retries = 5;
constexpr std::size_t longest_lang = 35;  // RFC 5646, 4.4.1

template <class... Action>
actions list(Action&&... each) {
    actions out;
    (out.emplace_back(std::forward<Action>(each)), ...);
    return out;
}

xml::document sasl_element(std::string_view name, const std::optional<std::string>& data) {
    xml::document e(name, ns::sasl);
    if (data) e.root().add_text(*data);
    return e;
}

stream_condition condition_for(xml::violation what) {
    switch (what) {
        case xml::violation::not_well_formed:
            return stream_condition::not_well_formed;
        case xml::violation::restricted_xml:
            return stream_condition::restricted_xml;
        case xml::violation::unsupported_encoding:
            return stream_condition::unsupported_encoding;
        case xml::violation::bad_format:
            return stream_condition::bad_format;
        case xml::violation::bad_namespace_prefix:
            return stream_condition::bad_namespace_prefix;
        case xml::violation::too_big:
        case xml::violation::too_deep:
        case xml::violation::too_many_elements:
        case xml::violation::too_many_attributes:
            return stream_condition::policy_violation;
    }
    return stream_condition::undefined_condition;
}

// <starttls/> on a stream that has TLS: refused like a stanza, so that the stream goes on.
xml::document already_secured() {
    xml::document answer("starttls", ns::tls);
    answer.root().set_attr("type", "error");
    xml::element& error = answer.root().add("error");
    error.set_attr("code", "400").set_attr("type", "modify");
    error.add("bad-request", ns::stanza_errors);
    error.add("text", ns::stanza_errors).set_attr("lang", xml::xml_ns, "en").add_text("bad_config");
    return answer;
}

// Elements whose name is SASL's or STARTTLS's but whose namespace is not.
bool misplaced_name(std::string_view name) {
    return name == "starttls" || name == "auth" || name == "response" || name == "abort";
}

}  // namespace

stream_error error_for(const xml::read_failure& failure) {
    if (failure.what == xml::violation::too_big)
        return {stream_condition::policy_violation, "element too big"};
    return {condition_for(failure.what), failure.text};
}

xml::document compression_failure(std::string_view why) {
    xml::document failure("failure", ns::compress);
    failure.root().add(why);
    return failure;
}

machine::machine(settings how, const surroundings& server)
    : how_(std::move(how)), server_(&server), lang_(how_.language) {}

stream_header machine::make_header() const {
    stream_header header;
    header.id = random_hex(16);
    header.from = domain_.empty() ? how_.default_domain : domain_;
    header.lang = lang_;
    if (authenticated()) {
        if (!domain_.empty()) header.to = local_ + "@" + domain_;
    } else if (claimed_) {
        header.to = std::string(claimed_->full());
    }
    return header;
}

actions machine::end(stream_condition why, std::string text) {
    actions out;
    // RFC 6120, 4.9.1.3: an error needs a stream to stand in.
    if (!std::exchange(header_sent_, true)) out.emplace_back(send_header{make_header()});
    out.emplace_back(end_stream{stream_error{why, std::move(text)}});
    state_ = state::ended;
    return out;
}

actions machine::opened(const xml::stream_opened& opening) {
    if (state_ == state::ended) return {};
    const xml::element& header = opening.header.root();
    if (state_ != state::expecting_stream) return end(stream_condition::policy_violation);
    if (header.name() != "stream") {
        xml::read_failure not_a_stream{xml::violation::not_well_formed, "not a stream", true};
        return failed(not_a_stream);
    }
    if (const std::string_view lang = header.attr("lang", xml::xml_ns);
        !lang.empty() && lang.size() <= longest_lang)
        lang_ = lang;
    if (header.has_attr("from") && !authenticated()) claimed_ = jid::parse(header.attr("from"));

    const auto to = nameprep(header.attr("to"));
    const bool served = to && server_->serves(*to);
    const std::string previous = std::exchange(domain_, served ? *to : std::string());
    if (header.ns() != ns::stream || opening.default_ns != ns::client)
        return end(stream_condition::invalid_namespace);
    if (!served) return end(stream_condition::host_unknown);
    if (authenticated() && domain_ != previous) return end(stream_condition::not_authorized);
    if (header.attr("version") != "1.0") return end(stream_condition::unsupported_version);

    header_sent_ = true;
    state_ = authenticated() ? state::expecting_bind : state::offering;
    return list(send_header{make_header()}, send_features{});
}

actions machine::element(xml::document e) {
    switch (state_) {
        case state::offering:
        case state::challenged:
            return offered(std::move(e));
        case state::expecting_bind:
            if (e.root().is("compress", ns::compress)) return compress(e.root());
            return bind(std::move(e));
        case state::expecting_session:
            // XEP-0170: compression comes before the resource.
            if (e.root().is("compress", ns::compress)) return compression_refused("setup-failed");
            return session_requested(std::move(e));
        case state::expecting_stream:
        case state::starting_tls:
        case state::asking:
        case state::compressing:
        case state::binding:
        case state::opening:
            return end(stream_condition::undefined_condition);
        case state::established:
        case state::ended:
            break;
    }
    return {};
}

actions machine::offered(xml::document e) {
    const xml::element& root = e.root();
    if (root.ns() == ns::tls && root.name() == "starttls") return upgrade();
    if (root.ns() == ns::sasl) {
        if (root.name() == "auth" && state_ == state::offering) return authenticate(root);
        return respond(root);
    }
    // What is compressed before it is known who sends it costs us more than them.
    if (root.is("compress", ns::compress)) return failed_with(compression_failure("setup-failed"));
    if (root.ns() == ns::sasl2) return end(stream_condition::policy_violation, "SASL2 violation");
    if (misplaced_name(root.name())) return end(stream_condition::invalid_namespace);
    auto request = stanza::from_document(e);
    if (!request || !request->is_request() || state_ == state::challenged ||
        how_.starttls == starttls_offer::required)
        return end(stream_condition::not_authorized);
    state_ = state::asking;
    return list(ask_modules{std::move(*request)});
}

actions machine::upgrade() {
    if (how_.encrypted) return failed_with(already_secured());
    if (how_.starttls == starttls_offer::none) {
        state_ = state::ended;
        return list(send_element{xml::document("failure", ns::tls)}, end_stream{});
    }
    state_ = state::starting_tls;
    return list(send_element{xml::document("proceed", ns::tls)}, start_tls{});
}

actions machine::tls_started() {
    // RFC 6120, 5.4.3.3: what was learned in the clear is forgotten.
    how_.encrypted = true;
    how_.starttls = starttls_offer::none;
    state_ = state::expecting_stream;
    header_sent_ = false;
    failures_ = 0;
    claimed_.reset();
    domain_.clear();
    lang_ = how_.language;
    return {};
}

actions machine::authenticate(const xml::element& e) {
    if (how_.starttls == starttls_offer::required)
        return end(stream_condition::encryption_required, "Use of STARTTLS required");
    state_ = state::asking;
    return list(begin_sasl{std::string(e.attr("mechanism")), std::string(e.text())});
}

actions machine::respond(const xml::element& e) {
    if (e.name() == "abort") return attempt_failed(sasl::condition::aborted);
    if (e.name() != "response" || state_ != state::challenged)
        return attempt_failed(sasl::condition::malformed_request);
    state_ = state::asking;
    return list(continue_sasl{std::string(e.text())});
}

actions machine::attempt_failed(sasl::condition why, std::string_view text) {
    xml::document failure("failure", ns::sasl);
    failure.root().add(sasl::to_string(why));
    if (!text.empty()) failure.root().add("text").set_attr("lang", xml::xml_ns, "en").add_text(text);
    return failed_with(std::move(failure));
}

// The client may try again, unless it has failed too often.
actions machine::failed_with(xml::document answer) {
    actions out = list(send_element{std::move(answer)});
    state_ = state::offering;
    if (++failures_ > auth_retries) {
        state_ = state::ended;
        out.emplace_back(end_stream{});
    }
    return out;
}

actions machine::sasl(sasl::outcome outcome) {
    if (auto* challenge = std::get_if<sasl::challenge>(&outcome)) {
        state_ = state::challenged;
        return list(send_element{sasl_element("challenge", challenge->data)});
    }
    if (auto* failure = std::get_if<sasl::failure>(&outcome))
        return attempt_failed(failure->reason, failure->text);
    auto& success = std::get<sasl::success>(outcome);
    // RFC 6120, 4.9.3.9: a stream opened in one name cannot be used under another.
    if (claimed_ && (claimed_->local() != success.local || claimed_->domain() != domain_))
        return end(stream_condition::invalid_from);
    local_ = std::move(success.local);
    state_ = state::expecting_stream;
    header_sent_ = false;
    return list(send_element{sasl_element("success", success.data)}, go_home{});
}

actions machine::modules_answered(std::optional<stanza> answer) {
    if (!answer) return end(stream_condition::not_authorized);
    state_ = state::offering;
    return list(send_element{std::move(*answer).take_document()});
}

actions machine::compress(const xml::element& e) {
    const xml::element* method = e.child("method", ns::compress);
    if (method == nullptr) return compression_refused("setup-failed");
    if (method->text() != "zlib") return compression_refused("unsupported-method");
    state_ = state::compressing;
    return list(start_compression{xml::document("compressed", ns::compress)});
}

actions machine::compression_started(bool started) {
    if (!started) {
        state_ = state::expecting_bind;
        return compression_refused("setup-failed");
    }
    state_ = state::expecting_stream;
    header_sent_ = false;
    return {};
}

// XEP-0138, 2: no reason to end the stream, and another attempt is allowed.
actions machine::compression_refused(std::string_view why) {
    actions out = list(send_element{compression_failure(why)});
    if (++bind_failures_ > bind_retries) {
        state_ = state::ended;
        out.emplace_back(end_stream{});
    }
    return out;
}

actions machine::bind(xml::document e) {
    auto request = stanza::from_document(e);
    if (!request || !request->is_iq()) return end(stream_condition::not_authorized);
    const xml::element* wanted = request->root().child("bind", ns::bind);
    if (wanted == nullptr || request->type() != "set")
        return bind_refused(std::move(*request), stanza_condition::bad_request);
    state_ = state::binding;
    return list(
        bind_resource{std::string(wanted->child_text("resource", ns::bind)), std::string(request->id())});
}

actions machine::bind_refused(stanza request, const stanza_error& why) {
    actions out;
    if (!request.is_error())
        out.emplace_back(send_element{make_error(std::move(request), why).take_document()});
    state_ = state::expecting_bind;
    if (++bind_failures_ > bind_retries) {
        state_ = state::ended;
        out.emplace_back(end_stream{});
    }
    return out;
}

actions machine::bound(const std::string& id, const std::variant<jid, stanza_error>& outcome) {
    stanza reply(stanza_kind::iq, "result");
    reply.root().set_attr("id", id);
    if (const auto* why = std::get_if<stanza_error>(&outcome)) return bind_refused(std::move(reply), *why);
    reply.root().add("bind", ns::bind).add("jid").add_text(std::get<jid>(outcome).full());
    actions out = list(send_element{std::move(reply).take_document()});
    if (how_.legacy_session) {
        state_ = state::expecting_session;
    } else {
        // The bind answer says that the session is open, so it goes out after it is.
        state_ = state::opening;
        out.insert(out.begin(), open_session{id, false});
    }
    return out;
}

actions machine::session_requested(xml::document e) {
    auto request = stanza::from_document(e);
    if (!request) return {};
    if (request->is_iq() && request->type() == "set" &&
        request->root().child("session", ns::session) != nullptr) {
        state_ = state::opening;
        return list(open_session{std::string(request->id()), true});
    }
    // RFC 6121 knows no session request: a client that goes straight on means the session to be open.
    state_ = state::opening;
    return list(open_session{{}, false}, pass_on{std::move(*request).take_document()});
}

actions machine::session_opened(const std::string& id, bool answer, std::optional<stanza_error> refusal) {
    // RFC 6120, 4.9.3.12: opened by a mere stanza, there is no request that the refusal could answer.
    if (refusal && id.empty()) return end(stream_condition::not_authorized);
    stanza reply(stanza_kind::iq, "result");
    reply.root().set_attr("id", id);
    if (refusal) {
        state_ = state::ended;
        return list(send_element{make_error(std::move(reply), *refusal).take_document()}, end_stream{});
    }
    state_ = state::established;
    if (!answer) return {};
    reply.root().add("session", ns::session);
    return list(send_element{std::move(reply).take_document()});
}

actions machine::closed() {
    if (state_ == state::ended) return {};
    actions out;
    if (!std::exchange(header_sent_, true)) out.emplace_back(send_header{make_header()});
    out.emplace_back(end_stream{});
    state_ = state::ended;
    return out;
}

actions machine::failed(const xml::read_failure& failure) {
    if (state_ == state::ended) return {};
    if (failure.before_stream) {
        if (how_.hide_service_name && !authenticated()) {
            // Not even our name for whoever does not speak XMPP.
            state_ = state::ended;
            return list(end_stream{});
        }
        // There is no stream yet in which a policy could be violated.
        if (failure.what == xml::violation::too_big) return end(stream_condition::not_well_formed);
    }
    stream_error why = error_for(failure);
    return end(why.condition, std::move(why.text));
}

actions machine::timed_out() {
    if (state_ == state::ended) return {};
    return end(stream_condition::connection_timeout);
}

}  // namespace meerkat::negotiate
