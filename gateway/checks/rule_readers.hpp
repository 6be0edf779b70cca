#pragma once
// Who asks access rules, for what, and what becomes of an answer that is none of those: options that name a
// rule, and rules that are known by name.

#include <cstdint>
#include <span>
#include <string_view>

namespace meerkat::checks {

enum class rule_answer : std::uint8_t {
    verdict,             // "allow" or "deny"
    verdict_or_default,  // or "default"
    limit,               // a number or "infinity"
    number,
    shaper,  // a shaper's name or "none"
};

// Whose rules are asked: the server's alone, or those of the host.
enum class rule_scope : std::uint8_t { server, host };

// An option that names a rule.
struct rule_reader {
    std::string_view path;
    rule_answer wanted;
    rule_scope scope;
};

std::span<const rule_reader> rule_readers();

// A rule that is asked by its name.
struct known_rule {
    std::string_view name;
    rule_answer wanted;
    std::string_view otherwise;  // what holds when it answers something else
};

std::span<const known_rule> known_rules();

}  // namespace meerkat::checks
