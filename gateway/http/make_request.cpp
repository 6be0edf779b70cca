#include "gateway/http/make_request.hpp"

#include <utility>

namespace meerkat::http {

request make_request(request_head&& head, const net::byte_stream& stream) {
    request made;
    if (head.path == "*") {
        made.path = "*";
    } else {
        for (const std::string& segment : head.segments) {
            made.path += '/';
            made.path += segment;
        }
        if (made.path.empty() || head.path.ends_with('/')) made.path += '/';
    }
    // HEAD is GET whose body stays here.
    made.method = head.method == "HEAD" ? "GET" : std::move(head.method);
    made.target = std::move(head.target);
    made.query = std::move(head.query);
    made.host = std::move(head.host);
    made.version = head.version;
    made.fields = std::move(head.fields);
    made.peer = stream.peer();
    if (const net::tls_facts* const tls = stream.tls()) {
        made.encrypted = true;
        made.certificate = tls->certificate;
    }
    return made;
}

}  // namespace meerkat::http
