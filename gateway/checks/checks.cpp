#include "gateway/checks/checks.hpp"

namespace meerkat {

void check_sections(config::reader& r, const config::node& root, configuration& c) {
    constexpr checks::check* all[] = {
        checks::listeners,          checks::routes,
        checks::plain_passwords,    checks::hosts,
        checks::dynamic_domains,    checks::shapers,
        checks::access_rules,       checks::rule_values,
        checks::access_classes,     checks::auth_methods,
        checks::jwt_secret,         checks::handlers,
        checks::pool_strategies,    checks::rdbms_connections,
        checks::module_companions,  checks::s2s_hosts,
        checks::internal_databases,
    };
    for (checks::check* const each : all) each(r, root, c);
}

}  // namespace meerkat
