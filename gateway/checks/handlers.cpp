#include "gateway/checks/checks.hpp"
#include "gateway/checks/walk.hpp"

namespace meerkat::checks {

using config::member;
using config::node;
using config::reader;

void handlers(reader& r, const node& root, const configuration&) {
    if (!exists(root, "services.service_bosh")) {
        visit(r, root, "listen.http.handlers.mongoose_bosh_handler", [&](const member& m) {
            r.warn(m.where, "missing_service",
                   "BOSH sessions are kept by a service that is not switched on: every request is answered "
                   "with host-unknown",
                   "write [services.service_bosh]");
        });
    }
    if (!exists(root, "instrumentation.prometheus")) {
        visit(r, root, "listen.http.handlers.mongoose_prometheus_handler", [&](const member& m) {
            r.warn(m.where, "missing_instrumentation",
                   "measurements for Prometheus are not switched on: this handler has none to show",
                   "write [instrumentation.prometheus]");
        });
    }
}

}  // namespace meerkat::checks
