#include "handlers/health/health.hpp"

namespace meerkat {

namespace {

http::response answer(const http::request& asked, const std::function<bool()>& is_ready) {
    http::response given;
    if (asked.method != "GET") {
        given = http::plain_response(405);
        given.fields.add("Allow", "GET, HEAD");
    } else if (asked.path.ends_with("/healthz")) {
        given = http::plain_response(200, "ok\n");
    } else if (asked.path.ends_with("/readyz")) {
        given = is_ready() ? http::plain_response(200, "ready\n") : http::plain_response(503, "not ready\n");
    } else {
        given = http::plain_response(404);
    }
    given.fields.add("Cache-Control", "no-store");
    return given;
}

}  // namespace

task<http::response> health::handle(const http::request& asked) { co_return answer(asked, ready_); }

}  // namespace meerkat
