#include "xmpp/access/access_rules.hpp"

#include "gateway/base/log.hpp"
#include "xmpp/access/expression.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

namespace meerkat {
namespace {

// A pattern whose expression is wrong never matches; the check of the file has said so with its place.
std::optional<expression> compiled(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    expression made(*text);
    if (const auto why = made.wrong())
        log::warning("acl_regexp_match_failed", {{"regexp", *text}, {"reason", *why}});
    return made;
}

// The set of a glob at `at`, just behind its '['. The set's end, or nothing when it has none: then '[' is
// itself.
struct glob_set {
    bool admits;
    std::size_t end;
};

std::optional<glob_set> match_set(std::string_view glob, std::size_t at, char c) {
    const bool negated = at < glob.size() && glob[at] == '!';
    if (negated) ++at;
    const std::size_t end = glob.find(']', at + 1);
    if (at >= glob.size() || end == std::string_view::npos) return std::nullopt;
    const bool listed = glob.substr(at, end - at).find(c) != std::string_view::npos;
    return glob_set{listed != negated, end + 1};
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view value) {
    std::size_t g = 0;
    std::size_t v = 0;
    // Behind the last star, and where its text ends as yet: one star is all that ever needs going back to.
    std::optional<std::pair<std::size_t, std::size_t>> star;
    while (v < value.size() || g < glob.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = {++g, v};
            continue;
        }
        if (v < value.size() && g < glob.size()) {
            const auto set = glob[g] == '[' ? match_set(glob, g + 1, value[v]) : std::nullopt;
            if (set ? set->admits : (glob[g] == '?' || glob[g] == value[v])) {
                g = set ? set->end : g + 1;
                ++v;
                continue;
            }
        }
        if (!star || star->second >= value.size()) return false;
        g = star->first;
        v = ++star->second;
    }
    return true;
}

namespace {

struct pattern {
    acl_pattern conditions;
    std::optional<expression> user, server, resource;

    explicit pattern(const acl_pattern& p)
        : conditions(p),
          user(compiled(conditions.user_regexp)),
          server(compiled(conditions.server_regexp)),
          resource(compiled(conditions.resource_regexp)) {}

    bool matches(const jid_view& who) const {
        return holds(conditions.user, user, conditions.user_glob, who.local()) &&
               holds(conditions.server, server, conditions.server_glob, who.domain()) &&
               holds(conditions.resource, resource, conditions.resource_glob, who.resource());
    }

    static bool holds(const std::optional<std::string>& equal, const std::optional<expression>& regexp,
                      const std::optional<std::string>& glob, std::string_view part) {
        return (!equal || *equal == part) && (!regexp || regexp->found_in(part)) &&
               (!glob || glob_matches(*glob, part));
    }
};

}  // namespace

// The classes and rules of one host, or of the server as a whole.
struct access_rules::host_rules {
    std::map<std::string, std::vector<pattern>, std::less<>> classes;
    std::map<std::string, std::vector<access_clause>, std::less<>> rules;

    explicit host_rules(const access_options& options) : rules(options.access.begin(), options.access.end()) {
        for (const auto& [name, patterns] : options.acl) {
            auto& into = classes[name];
            for (const acl_pattern& each : patterns) into.emplace_back(each);
        }
    }
};

// What rules have said that their readers cannot use. Each is logged once: such a rule may be asked for every
// stanza.
class access_rules::strange_values {
public:
    void tell(std::string_view rule, const rule_value& value) {
        const auto* number = std::get_if<std::int64_t>(&value);
        const std::string said = number ? std::to_string(*number) : std::get<std::string>(value);
        {
            const std::lock_guard lock(mutex_);
            if (told_.size() >= most || !told_.emplace(rule, said).second) return;
        }
        log::warning("access_rule_value_unknown", {{"rule", rule}, {"value", said}});
    }

private:
    static constexpr std::size_t most = 1000;
    std::mutex mutex_;
    std::set<std::pair<std::string, std::string>> told_;
};

access_rules::access_rules(const access_options& general, std::vector<std::string> hosted,
                           const std::map<std::string, access_options>& by_domain)
    : general_(std::make_unique<const host_rules>(general)),
      shapers_(general.shaper.begin(), general.shaper.end()),
      hosted_(std::move(hosted)),
      strange_(std::make_unique<strange_values>()) {
    for (const auto& [domain, own] : by_domain)
        by_domain_.emplace(domain, std::make_unique<const host_rules>(own));
}

access_rules::~access_rules() = default;
access_rules::access_rules(access_rules&&) noexcept = default;
access_rules& access_rules::operator=(access_rules&&) noexcept = default;

const access_rules::host_rules& access_rules::of(std::string_view domain) const {
    const auto own = by_domain_.find(domain);
    return own == by_domain_.end() ? *general_ : *own->second;
}

rule_value access_rules::evaluate(std::string_view rule, const jid_view& who, std::string_view domain) const {
    if (rule == "all") return std::string("allow");
    if (rule == "none") return std::string("deny");
    auto found = find(rule, who, domain);
    return found ? std::move(*found) : rule_value(std::string("deny"));
}

std::optional<rule_value> access_rules::find(std::string_view rule, const jid_view& who,
                                             std::string_view domain) const {
    const host_rules& here = of(domain);
    const auto at = here.rules.find(rule);
    if (at == here.rules.end()) return std::nullopt;
    for (const access_clause& clause : at->second) {
        if (matches(here, clause.acl, who, domain)) return clause.value;
    }
    return std::string("deny");
}

bool access_rules::allows(std::string_view rule, const jid_view& who, std::string_view domain) const {
    const rule_value said = evaluate(rule, who, domain);
    const std::string* text = std::get_if<std::string>(&said);
    if (text && *text == "allow") return true;
    if (!text || *text != "deny") strange_->tell(rule, said);
    return false;
}

limit<std::int64_t> access_rules::bound(std::string_view rule, const jid_view& who, std::string_view domain,
                                        limit<std::int64_t> otherwise) const {
    const auto said = find(rule, who, domain);
    if (!said) return otherwise;
    if (const auto* number = std::get_if<std::int64_t>(&*said)) return *number;
    const auto& text = std::get<std::string>(*said);
    if (text == "infinity") return limit<std::int64_t>::infinity();
    if (text != "deny") strange_->tell(rule, *said);
    return otherwise;
}

bool access_rules::matches(std::string_view acl, const jid_view& who, std::string_view domain) const {
    return matches(of(domain), acl, who, domain);
}

bool access_rules::matches(const host_rules& here, std::string_view acl, const jid_view& who,
                           std::string_view domain) const {
    if (acl == "all") return true;
    if (acl == "none") return false;
    const auto at = here.classes.find(acl);
    if (at == here.classes.end()) return false;
    const auto domain_fits = [&](acl_match match) {
        switch (match) {
            case acl_match::all:
                return true;
            case acl_match::none:
                return false;
            case acl_match::current_domain:
                return domain.empty() || who.domain() == domain;
            case acl_match::any_hosted_domain:
                return std::find(hosted_.begin(), hosted_.end(), who.domain()) != hosted_.end();
        }
        return false;
    };
    return std::any_of(at->second.begin(), at->second.end(),
                       [&](const pattern& p) { return domain_fits(p.conditions.match) && p.matches(who); });
}

const shaper_options* access_rules::shaper(std::string_view name) const {
    if (name == "none") return nullptr;
    const auto at = shapers_.find(name);
    return at == shapers_.end() ? nullptr : &at->second;
}

}  // namespace meerkat
