#pragma once
// A message, presence or iq on its way: a document with its kind and prepared addresses at hand.

#include "xmpp/address/jid.hpp"
#include "xmpp/stanza/stanza_error.hpp"
#include "xmpp/xml/element.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat {

enum class stanza_kind : std::uint8_t { message, presence, iq };

// Move-only. Its addresses are views into its own arena, so it may cross shards whole.
class stanza {
public:
    stanza() = default;
    // A new one in jabber:client, without attributes; an empty type writes none.
    explicit stanza(stanza_kind kind, std::string_view type = {});
    // Nothing, and `from` untouched, when the root is no stanza of jabber:client.
    static std::optional<stanza> from_document(xml::document& from);

    explicit operator bool() const { return static_cast<bool>(document_); }
    stanza_kind kind() const { return kind_; }
    xml::element& root() { return document_.root(); }
    const xml::element& root() const { return document_.root(); }
    std::string_view type() const { return root().attr("type"); }
    std::string_view id() const { return root().attr("id"); }

    bool is_message() const { return kind_ == stanza_kind::message; }
    bool is_presence() const { return kind_ == stanza_kind::presence; }
    bool is_iq() const { return kind_ == stanza_kind::iq; }
    bool is_error() const { return type() == "error"; }
    // An iq of type get or set: one that has to be answered.
    bool is_request() const { return is_iq() && (type() == "get" || type() == "set"); }

    // Empty while not set.
    jid_view from() const { return from_; }
    jid_view to() const { return to_; }
    void set_from(jid_view address);
    void set_to(jid_view address);
    // Reads the `to` attribute. False: it is there but no address.
    bool parse_to();
    bool parse_from();

    stanza copy() const;
    // A copy to keep for long: it takes no more memory than it needs.
    stanza compact_copy() const;
    xml::document take_document() && { return std::move(document_); }

private:
    stanza(stanza_kind kind, xml::document document) : kind_(kind), document_(std::move(document)) {}
    jid_view keep(jid_view address);
    stanza with_document(xml::document copied) const;

    stanza_kind kind_ = stanza_kind::message;
    xml::document document_;
    jid_view from_;
    jid_view to_;
};

// The stanza turned into its error reply: addresses swapped, <error/> before the original children.
// Never for a stanza that is an error itself (the caller checks).
stanza make_error(stanza original, const stanza_error& error);

// An empty result for an iq request, addresses swapped.
stanza make_result(const stanza& request);

}  // namespace meerkat
