#include "xmpp/access/access_rules.hpp"

#include "gateway/base/log.hpp"

#include <algorithm>
#include <regex>
#include <utility>

namespace meerkat {
namespace {

// Perl-style as far as ECMAScript's grammar reaches. The library walks recursively, so what it may be given
// is bounded by the size of an address part (1,023 bytes).
class expression {
public:
    explicit expression(std::string_view text) {
        auto flags = std::regex::ECMAScript | std::regex::optimize;
        constexpr std::string_view any_case = "(?i)";
        if (text.starts_with(any_case)) {
            text.remove_prefix(any_case.size());
            flags |= std::regex::icase;
        }
        try {
            compiled_.emplace(text.begin(), text.end(), flags);
        } catch (const std::regex_error& e) {
            log::warning("acl_regexp_match_failed", {{"regexp", text}, {"reason", e.what()}});
        }
    }

    // A wrong expression matches nothing.
    bool found_in(std::string_view value) const {
        if (!compiled_) return false;
        try {
            return std::regex_search(value.begin(), value.end(), *compiled_);
        } catch (const std::regex_error& e) {
            log::warning("acl_regexp_match_failed", {{"reason", e.what()}});
            return false;
        }
    }

private:
    std::optional<std::regex> compiled_;
};

std::optional<expression> compiled(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return expression(*text);
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

struct access_rules::pattern {
    acl_pattern conditions;
    std::optional<expression> user, server, resource;

    explicit pattern(acl_pattern p)
        : conditions(std::move(p)),
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

access_rules::access_rules(access_options options, std::vector<std::string> hosted)
    : hosted_(std::move(hosted)) {
    for (auto& [name, patterns] : options.acl) {
        auto& into = classes_[name];
        for (acl_pattern& each : patterns) into.emplace_back(std::move(each));
    }
    for (auto& [name, clauses] : options.access) rules_.emplace(name, std::move(clauses));
    for (auto& [name, definition] : options.shaper) shapers_.emplace(name, definition);
}

access_rules::~access_rules() = default;
access_rules::access_rules(access_rules&&) noexcept = default;
access_rules& access_rules::operator=(access_rules&&) noexcept = default;

rule_value access_rules::evaluate(std::string_view rule, const jid_view& who, std::string_view domain) const {
    if (rule == "all") return std::string("allow");
    if (rule == "none") return std::string("deny");
    auto found = find(rule, who, domain);
    return found ? std::move(*found) : rule_value(std::string("deny"));
}

std::optional<rule_value> access_rules::find(std::string_view rule, const jid_view& who,
                                             std::string_view domain) const {
    const auto at = rules_.find(rule);
    if (at == rules_.end()) return std::nullopt;
    for (const access_clause& clause : at->second) {
        if (matches(clause.acl, who, domain)) return clause.value;
    }
    return std::string("deny");
}

bool access_rules::allows(std::string_view rule, const jid_view& who, std::string_view domain) const {
    const rule_value said = evaluate(rule, who, domain);
    const std::string* text = std::get_if<std::string>(&said);
    return text && *text == "allow";
}

bool access_rules::matches(std::string_view acl, const jid_view& who, std::string_view domain) const {
    if (acl == "all") return true;
    if (acl == "none") return false;
    const auto at = classes_.find(acl);
    if (at == classes_.end()) return false;
    const auto domain_fits = [&](acl_match match) {
        switch (match) {
            case acl_match::all:
                return true;
            case acl_match::none:
                return false;
            case acl_match::current_domain:
                return who.domain() == domain;
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
