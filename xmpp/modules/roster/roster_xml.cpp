#include "xmpp/modules/roster/roster_xml.hpp"

#include "gateway/base/digest.hpp"
#include "gateway/base/encoding.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <algorithm>

namespace meerkat {

using storage::pending;
using storage::roster_item;

namespace {

std::string_view to_string(storage::subscription s) {
    switch (s) {
        case storage::subscription::none:
            return "none";
        case storage::subscription::to:
            return "to";
        case storage::subscription::from:
            return "from";
        case storage::subscription::both:
            return "both";
    }
    return "none";
}

bool waits_for_contact(const roster_item& item) {
    return item.pending == pending::out || item.pending == pending::both;
}

}  // namespace

std::variant<roster_set, stanza_error> read_roster_set(const xml::element& query) {
    const xml::element* const asked = query.child("item", ns::roster);
    if (asked == nullptr || query.child_count() != 1 || !asked->has_attr("jid"))
        return stanza_error(stanza_condition::bad_request);
    const auto contact = jid::parse(asked->attr("jid"));
    if (!contact) return stanza_error(stanza_condition::jid_malformed);

    roster_set set;
    set.item.contact = *contact;
    set.remove = asked->attr("subscription") == "remove";
    if (set.remove) return set;

    // RFC 6121, 2.3.3.
    if (asked->attr("name").size() > roster_limits::name)
        return stanza_error(stanza_condition::not_acceptable, "The name is too long");
    set.item.name = asked->attr("name");
    for (const xml::element& each : xml::elements(*asked)) {
        if (!each.is("group", ns::roster)) continue;
        const std::string_view group = each.text();
        if (group.empty() || group.size() > roster_limits::name)
            return stanza_error(stanza_condition::not_acceptable, "A group has to have 1 to 1023 bytes");
        if (std::find(set.item.groups.begin(), set.item.groups.end(), group) != set.item.groups.end())
            return stanza_error(stanza_condition::bad_request, "A group is named twice");
        if (set.item.groups.size() == roster_limits::groups)
            return stanza_error(stanza_condition::not_acceptable, "Too many groups");
        set.item.groups.emplace_back(group);
    }
    return set;
}

bool shown_to_clients(const roster_item& item) {
    const bool only_asked_for =
        item.subscription == storage::subscription::none && item.pending == pending::in;
    return !only_asked_for || !item.name.empty() || !item.groups.empty();
}

void add_roster_item(xml::element& query, const roster_item& item) {
    xml::element& out = query.add("item");
    out.set_attr("jid", item.contact.full()).set_attr("subscription", to_string(item.subscription));
    if (waits_for_contact(item)) out.set_attr("ask", "subscribe");
    if (!item.name.empty()) out.set_attr("name", item.name);
    for (const std::string& group : item.groups) out.add("group").add_text(group);
}

std::string roster_hash(const storage::roster& roster) {
    std::string text;
    const auto append = [&text](std::string_view part) { text.append(part).push_back('\0'); };
    for (const roster_item& item : roster.items) {
        if (!shown_to_clients(item)) continue;
        append(item.contact.full());
        append(to_string(item.subscription));
        append(waits_for_contact(item) ? "subscribe" : "");
        append(item.name);
        for (const std::string& group : item.groups) append(group);
        append("");  // no group is empty, so this ends the item
    }
    return to_hex(digest(hash_function::sha1, text));
}

std::string_view cut_text(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace meerkat
