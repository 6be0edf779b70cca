#pragma once
// Evaluates [acl] and [access]: is this address in that class, and what does that rule say about it. One for
// all hosts, made once from the options and immutable, so that all shards share it and it is swapped whole.

#include "xmpp/access/access_options.hpp"
#include "xmpp/address/jid.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

class access_rules {
public:
    // `hosted` are the domains served here, prepared. Domains with classes or rules of their own are in
    // `by_domain`, each with all that holds there (see for_host); shapers are those of `general`.
    access_rules(const access_options& general, std::vector<std::string> hosted,
                 const std::map<std::string, access_options>& by_domain = {});
    ~access_rules();
    access_rules(access_rules&&) noexcept;
    access_rules& operator=(access_rules&&) noexcept;

    // What the rule says about an address, asked for a domain: the user's own for a session, the service's
    // parent for a module. An empty domain asks without one (components, other servers): the general rules,
    // and every address is of its own domain. "all" allows and "none" denies without a rule of that name; an
    // undefined rule, or one without a clause that fits, denies.
    rule_value evaluate(std::string_view rule, const jid_view& who, std::string_view domain) const;
    // The same, but nothing when the rule is not defined, for rules that have a default of their own.
    std::optional<rule_value> find(std::string_view rule, const jid_view& who, std::string_view domain) const;
    // True only for "allow"; a value that is neither "allow" nor "deny" denies and is logged once.
    bool allows(std::string_view rule, const jid_view& who, std::string_view domain) const;
    // A number or "infinity", for rules that limit something; `otherwise` when the rule is not defined or
    // says something else, which is logged once unless it is "deny".
    limit<std::int64_t> bound(std::string_view rule, const jid_view& who, std::string_view domain,
                              limit<std::int64_t> otherwise) const;

    // Whether the address is in a class; an undefined class is empty.
    bool matches(std::string_view acl, const jid_view& who, std::string_view domain) const;

    // Null for "none" and for names without a definition.
    const shaper_options* shaper(std::string_view name) const;

private:
    struct host_rules;
    class strange_values;

    const host_rules& of(std::string_view domain) const;
    bool matches(const host_rules& here, std::string_view acl, const jid_view& who,
                 std::string_view domain) const;

    std::unique_ptr<const host_rules> general_;
    std::map<std::string, std::unique_ptr<const host_rules>, std::less<>> by_domain_;
    std::map<std::string, shaper_options, std::less<>> shapers_;
    std::vector<std::string> hosted_;
    std::unique_ptr<strange_values> strange_;
};

// A glob over a whole value: * is any text, ? any character, [abc] one of these, [!abc] none of these; all
// else is itself.
bool glob_matches(std::string_view glob, std::string_view value);

}  // namespace meerkat
