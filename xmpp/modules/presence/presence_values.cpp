#include "xmpp/modules/presence/presence_values.hpp"

#include "xmpp/stanza/timestamp.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meerkat {

bool means_available(std::string_view type) { return type.empty() || type == "available"; }

bool is_presence_type(std::string_view type) {
    static constexpr std::array<std::string_view, 7> others = {
        "unavailable", "probe", "error", "subscribe", "subscribed", "unsubscribe", "unsubscribed"};
    return means_available(type) || std::find(others.begin(), others.end(), type) != others.end();
}

std::int8_t priority_of(const stanza& presence) {
    std::string_view text = presence.root().child_text("priority", ns::client);
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    int value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size()) return 0;
    return value < -128 || value > 127 ? std::int8_t{0} : static_cast<std::int8_t>(value);
}

stanza probed_presence(const session& from) {
    stanza answer = from.presence.copy();
    answer.root()
        .add("delay", ns::delay)
        .set_attr("from", from.full_jid().full())
        .set_attr("stamp", utc_timestamp(from.presence_since));
    return answer;
}

stanza unavailable_presence(const session& from, std::string_view status) {
    stanza presence(stanza_kind::presence, "unavailable");
    presence.set_from(from.full_jid());
    if (!status.empty()) presence.root().add("status").add_text(status);
    return presence;
}

stanza pending_request(const jid& contact, const jid& user, std::string_view status) {
    stanza request(stanza_kind::presence, "subscribe");
    request.set_from(contact);
    request.set_to(user);
    if (!status.empty()) request.root().add("status").add_text(status);
    return request;
}

}  // namespace meerkat
