#include "handlers/static_files/static_files.hpp"

#include "gateway/http/content_coding.hpp"
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

std::string compressed(const static_file& file) {
    if (!http::worth_coding(file.content_type, file.body.size())) return {};
    auto smaller = http::coded(file.body, http::coding::gzip);
    return smaller && smaller->size() < file.body.size() ? std::move(*smaller) : std::string();
}

// Relative, so that no target, such as //elsewhere, can lead to another host.
std::string with_slash(std::string_view target) {
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, question);
    return "./" + std::string(path.substr(path.rfind('/') + 1)) + "/" + std::string(target.substr(question));
}

}  // namespace

static_files::static_files(std::vector<static_file> files, bool compress) {
    for (static_file& file : files) {
        std::string path = file.path;
        kept_file kept{std::move(file), {}};
        if (compress) kept.gzip = compressed(kept.as_is);
        // Other bytes, so another tag.
        if (!kept.gzip.empty())
            kept.gzip_etag = kept.as_is.etag.substr(0, kept.as_is.etag.size() - 1) + "-gzip\"";
        files_.emplace(std::move(path), std::move(kept));
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

http::response static_files::give(const kept_file& kept, const http::request& asked) const {
    http::response given;
    const static_file& file = kept.as_is;
    const bool has_gzip = !kept.gzip.empty();
    const bool gzip = has_gzip && http::preferred_coding(asked.fields) == http::coding::gzip;
    const std::string& etag = gzip ? kept.gzip_etag : file.etag;
    if (has_gzip) given.fields.add("Vary", "Accept-Encoding");
    const bool immutable = file.path.starts_with("assets/");
    given.fields.add("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
    given.fields.add("ETag", etag);
    given.fields.add("X-Content-Type-Options", "nosniff");
    given.fields.add("Referrer-Policy", "no-referrer");
    if (file.content_type.starts_with("text/html"))
        given.fields.add("Content-Security-Policy", content_security_policy);
    if (is_current(asked, etag)) {
        given.status = 304;
        return given;
    }
    given.fields.add("Content-Type", file.content_type);
    if (gzip) given.fields.add("Content-Encoding", http::to_string(http::coding::gzip));
    // The connection keeps this handler until the answer is written.
    given.static_body = gzip ? std::string_view(kept.gzip) : file.body;
    return given;
}

}  // namespace meerkat
