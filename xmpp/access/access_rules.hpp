#pragma once
// Evaluates [acl] and [access]: is this address in that class, and what does that rule say about it. Made
// once from the options and immutable, so that all shards share it.

#include "xmpp/access/access_options.hpp"
#include "xmpp/address/jid.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

class access_rules {
public:
    // `hosted` are the domains served here, prepared.
    access_rules(access_options options, std::vector<std::string> hosted);
    ~access_rules();
    access_rules(access_rules&&) noexcept;
    access_rules& operator=(access_rules&&) noexcept;

    // What the rule says about an address, asked for a domain: the user's own for a session, the service's
    // for a module. "all" allows and "none" denies without a rule of that name; an undefined rule, or one
    // without a clause that fits, denies.
    rule_value evaluate(std::string_view rule, const jid_view& who, std::string_view domain) const;
    // The same, but nothing when the rule is not defined, for rules that have a default of their own.
    std::optional<rule_value> find(std::string_view rule, const jid_view& who, std::string_view domain) const;
    // True only for "allow"; a value that is neither "allow" nor "deny" denies.
    bool allows(std::string_view rule, const jid_view& who, std::string_view domain) const;

    // Whether the address is in a class; an undefined class is empty.
    bool matches(std::string_view acl, const jid_view& who, std::string_view domain) const;

    // Null for "none" and for names without a definition.
    const shaper_options* shaper(std::string_view name) const;

private:
    struct pattern;
    std::map<std::string, std::vector<pattern>, std::less<>> classes_;
    std::map<std::string, std::vector<access_clause>, std::less<>> rules_;
    std::map<std::string, shaper_options, std::less<>> shapers_;
    std::vector<std::string> hosted_;
};

// A glob over a whole value: * is any text, ? any character, [abc] one of these, [!abc] none of these; all
// else is itself.
bool glob_matches(std::string_view glob, std::string_view value);

}  // namespace meerkat
