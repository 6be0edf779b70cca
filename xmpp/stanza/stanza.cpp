#include "xmpp/stanza/stanza.hpp"

#include "xmpp/xml/namespaces.hpp"

namespace meerkat {

namespace {

std::string_view name_of(stanza_kind kind) {
    switch (kind) {
        case stanza_kind::message:
            return "message";
        case stanza_kind::presence:
            return "presence";
        case stanza_kind::iq:
            return "iq";
    }
    return {};
}

std::optional<stanza_kind> kind_named(std::string_view name) {
    if (name == "message") return stanza_kind::message;
    if (name == "presence") return stanza_kind::presence;
    if (name == "iq") return stanza_kind::iq;
    return std::nullopt;
}

void swap_addresses(const stanza& original, stanza& reply) {
    if (!original.from().empty()) reply.set_to(original.from());
    if (!original.to().empty()) reply.set_from(original.to());
}

}  // namespace

stanza::stanza(stanza_kind kind, std::string_view type) : kind_(kind), document_(name_of(kind), ns::client) {
    if (!type.empty()) root().set_attr("type", type);
}

std::optional<stanza> stanza::from_document(xml::document& from) {
    if (from.root().ns() != ns::client) return std::nullopt;
    const auto kind = kind_named(from.root().name());
    if (!kind) return std::nullopt;
    return stanza(*kind, std::move(from));
}

// Views into this stanza's own arena are kept as they are; any other address is copied into it.
jid_view stanza::keep(jid_view address) {
    if (address.full().data() == from_.full().data() || address.full().data() == to_.full().data())
        return address;
    return address.rebased(document_.memory().copy(address.full()));
}

void stanza::set_from(jid_view address) {
    from_ = keep(address);
    root().set_attr("from", from_.full());
}

void stanza::set_to(jid_view address) {
    to_ = keep(address);
    root().set_attr("to", to_.full());
}

bool stanza::parse_to() {
    if (!root().has_attr("to")) return true;
    const auto address = parse_jid(root().attr("to"), document_.memory());
    if (address) to_ = *address;
    return address.has_value();
}

bool stanza::parse_from() {
    if (!root().has_attr("from")) return true;
    const auto address = parse_jid(root().attr("from"), document_.memory());
    if (address) from_ = *address;
    return address.has_value();
}

stanza stanza::copy() const { return with_document(document_.copy()); }

stanza stanza::compact_copy() const { return with_document(document_.compact_copy()); }

// The addresses of the copy are in its attributes, unless they have never been written there.
stanza stanza::with_document(xml::document copied) const {
    stanza other(kind_, std::move(copied));
    const auto rebase = [&other](jid_view address, std::string_view attribute) {
        if (address.empty()) return address;
        const std::string_view written = other.root().attr(attribute);
        return address.rebased(written == address.full() ? written
                                                         : other.document_.memory().copy(address.full()));
    };
    other.from_ = rebase(from_, "from");
    other.to_ = rebase(to_, "to");
    return other;
}

stanza make_error(stanza original, const stanza_error& error) {
    const stanza_condition_facts& facts = facts_of(error.condition);
    const jid_view from = original.from();
    const jid_view to = original.to();
    stanza reply = std::move(original);
    if (to.empty()) {
        reply.root().remove_attr("from");
    } else {
        reply.set_from(to);
    }
    if (from.empty()) {
        reply.root().remove_attr("to");
    } else {
        reply.set_to(from);
    }
    reply.root().set_attr("type", "error");
    xml::element& e = reply.root().add_first("error", ns::client);
    e.set_attr("code", facts.code).set_attr("type", error.type.empty() ? facts.type : error.type);
    e.add(facts.name, ns::stanza_errors);
    if (!error.text.empty()) {
        xml::element& text = e.add("text", ns::stanza_errors);
        text.set_attr("lang", xml::xml_ns, "en");
        text.add_text(error.text);
    }
    return reply;
}

stanza make_result(const stanza& request) {
    stanza reply(stanza_kind::iq, "result");
    if (request.root().has_attr("id")) reply.root().set_attr("id", request.id());
    swap_addresses(request, reply);
    return reply;
}

}  // namespace meerkat
