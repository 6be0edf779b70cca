#include "gateway/http/handler.hpp"

namespace meerkat::http {

task<response> handler::handle(const request&) { co_return plain_response(501); }

}  // namespace meerkat::http
