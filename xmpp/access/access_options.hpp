#pragma once
// [acl], [access] and [shaper]: classes of users, rules over them, and rates. Data only; access_rules.hpp
// evaluates them.

#include "config/values.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meerkat {

enum class acl_match : std::uint8_t { current_domain, any_hosted_domain, all, none };

// Matches when all its conditions hold. Every value is prepared as a local part is (lower case).
struct acl_pattern {
    acl_match match = acl_match::current_domain;
    std::optional<std::string> user = {}, server = {}, resource = {};
    std::optional<std::string> user_regexp = {}, server_regexp = {}, resource_regexp = {};
    std::optional<std::string> user_glob = {}, server_glob = {}, resource_glob = {};

    friend bool operator==(const acl_pattern&, const acl_pattern&) = default;
};

// What a rule says: a number, or a word ("allow", "deny", "default", "infinity", a shaper's name).
using rule_value = std::variant<std::int64_t, std::string>;

struct access_clause {
    std::string acl;  // a class, "all" or "none"
    rule_value value;

    friend bool operator==(const access_clause&, const access_clause&) = default;
};

struct shaper_options {
    std::uint64_t max_rate = 1;  // bytes (or operations) a second, and the bucket's capacity
};

struct access_options {
    std::map<std::string, std::vector<acl_pattern>> acl;
    std::map<std::string, std::vector<access_clause>> access;
    std::map<std::string, shaper_options> shaper;
};

// What holds for a host with classes and rules of its own: they stand behind the general ones of the same
// name, but a general clause at the end that allows everybody stays the last. Equal lists are not doubled.
// Shapers are the general ones.
access_options for_host(const access_options& general, const access_options& own);

// Three sections at the root of the file.
config::table<access_options> access_table();

}  // namespace meerkat
