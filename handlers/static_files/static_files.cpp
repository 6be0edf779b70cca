#include "handlers/static_files/static_files.hpp"

#include "gateway/http/syntax.hpp"

#include <utility>

namespace meerkat {

namespace {

constexpr std::string_view index_name = "index.html";

// Only what the page itself brings, and the server it came from: an injected script has nowhere to come from.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// RFC 9110, 13.1.2: the comparison is weak.
bool is_current(const http::request& asked, std::string_view etag) {
    const std::string all = asked.fields.joined("If-None-Match");
    std::string_view rest = all;
    while (!rest.empty()) {
        std::string_view known = http::next_list_element(rest);
        if (known.starts_with("W/")) known.remove_prefix(2);
        if (known == "*" || known == etag) return true;
    }
    return false;
}

// Relative, so that no target, such as //elsewhere, can lead to another host.
std::string with_slash(std::string_view target) {
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, question);
    return "./" + std::string(path.substr(path.rfind('/') + 1)) + "/" + std::string(target.substr(question));
}

}  // namespace

static_files::static_files(std::vector<static_file> files) {
    for (static_file& file : files) {
        std::string path = file.path;
        files_.emplace(std::move(path), std::move(file));
    }
}

task<http::response> static_files::handle(const http::request& asked) { co_return answer(asked); }

http::response static_files::answer(const http::request& asked) const {
    if (asked.method != "GET") {
        auto refused = http::plain_response(405);
        refused.fields.add("Allow", "GET, HEAD");
        return refused;
    }
    const bool folder = asked.path.ends_with('/');
    std::string name = asked.rest;
    if (folder || name.empty()) name += name.empty() ? index_name : "/" + std::string(index_name);
    const auto found = files_.find(name);
    if (found != files_.end() && (folder || !asked.rest.empty())) return give(found->second, asked);
    const bool is_folder =
        found != files_.end() || files_.contains(asked.rest + "/" + std::string(index_name));
    if (folder || !is_folder) return http::plain_response(404, "Not found\n");
    auto moved = http::plain_response(308);
    moved.fields.add("Location", with_slash(asked.target));
    return moved;
}

http::response static_files::give(const static_file& file, const http::request& asked) const {
    http::response given;
    const bool immutable = file.path.starts_with("assets/");
    given.fields.add("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
    given.fields.add("ETag", file.etag);
    given.fields.add("X-Content-Type-Options", "nosniff");
    given.fields.add("Referrer-Policy", "no-referrer");
    if (file.content_type.starts_with("text/html"))
        given.fields.add("Content-Security-Policy", content_security_policy);
    if (is_current(asked, file.etag)) {
        given.status = 304;
        return given;
    }
    given.fields.add("Content-Type", file.content_type);
    // The connection keeps this handler until the answer is written.
    given.static_body = file.body;
    return given;
}

}  // namespace meerkat
