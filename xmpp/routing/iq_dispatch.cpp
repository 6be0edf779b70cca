#include "xmpp/routing/iq_dispatch.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/routing/host.hpp"

#include <exception>

namespace meerkat {

void iq_dispatch::insert(iq_target target, std::string_view ns, handler h) {
    tables_[static_cast<std::size_t>(target)].insert_or_assign(std::string(ns), std::move(h));
}

bool iq_dispatch::answers(iq_target target, std::string_view ns) const {
    return tables_[static_cast<std::size_t>(target)].contains(ns);
}

namespace {

stanza not_known(iq_target target, stanza request, std::string_view ns) {
    if (target == iq_target::server)
        return make_error(std::move(request), {stanza_condition::feature_not_implemented,
                                               "Local server does not implement this feature"});
    const jid_view asked = request.to().empty() ? request.from() : request.to();
    const std::string text = "Unknown xmlns=" + std::string(ns) + " for host=" + std::string(asked.domain());
    return make_error(std::move(request), {stanza_condition::service_unavailable, text});
}

}  // namespace

task<stanza> iq_dispatch::answer(iq_target target, stanza request, session* sender, host& at) const {
    // RFC 6120, 8.2.3: a request has exactly one child element.
    const xml::element* payload = request.root().first_child();
    if (payload == nullptr || request.root().child_count() != 1 || !request.root().has_attr("id"))
        co_return make_error(std::move(request), stanza_condition::bad_request);
    const auto& table = tables_[static_cast<std::size_t>(target)];
    const auto found = table.find(payload->ns());
    if (found == table.end()) co_return not_known(target, std::move(request), payload->ns());

    iq_call call{request, *payload, sender, at, make_result(request)};
    iq_answer outcome = stanza_error(stanza_condition::internal_server_error);
    try {
        if (found->second.waiting) {
            outcome = co_await found->second.waiting(call);
        } else {
            outcome = found->second.plain(call);
        }
    } catch (const std::exception& e) {
        log::error("iq_handler_failed", {{"ns", found->first}, {"reason", e.what()}});
    }
    if (const auto* error = std::get_if<stanza_error>(&outcome))
        co_return make_error(std::move(request), *error);
    co_return std::move(call.reply);
}

}  // namespace meerkat
