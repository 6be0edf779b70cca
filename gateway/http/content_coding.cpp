#include "gateway/http/content_coding.hpp"

#include "gateway/http/syntax.hpp"
#include "gateway/net/deflate.hpp"

#include <algorithm>

namespace meerkat::http {

namespace {

constexpr std::size_t smallest_body = 300;
// More would hold up the shard: some ten milliseconds.
constexpr std::size_t largest_body = std::size_t{512} * 1024;

// Of application/, what is text. text/ all is, but for streams of events, which must not wait for each other.
constexpr std::string_view textual[] = {
    "application/json",
    "application/javascript",
    "application/xml",
    "application/manifest+json",
    "application/xrd+xml",
    "application/jrd+json",
    "application/graphql-response+json",
    "application/openapi+json",
    "image/svg+xml",
};

// RFC 9110, 12.4.2, in thousandths; what is no weight counts as a refusal.
unsigned read_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    unsigned weight = text[0] == '1' ? 1000 : 0;
    if (text.size() == 1) return weight;
    if (text[1] != '.') return 0;
    unsigned place = 100;
    for (const char c : text.substr(2)) {
        if (c < '0' || c > '9') return 0;
        weight += static_cast<unsigned>(c - '0') * place;
        place /= 10;
    }
    return std::min(weight, 1000U);
}

struct weights {
    std::optional<unsigned> gzip, deflate, identity, any;
};

void note(weights& all, std::string_view element) {
    const std::string_view name = next_parameter(element);
    unsigned weight = 1000;
    while (!element.empty()) {
        const std::string_view parameter = next_parameter(element);
        if (parameter.starts_with("q=") || parameter.starts_with("Q="))
            weight = read_weight(parameter.substr(2));
    }
    if (equal_ignoring_case(name, "gzip") || equal_ignoring_case(name, "x-gzip")) all.gzip = weight;
    if (equal_ignoring_case(name, "deflate")) all.deflate = weight;
    if (equal_ignoring_case(name, "identity")) all.identity = weight;
    if (name == "*") all.any = weight;
}

net::deflater& shards_deflater(coding how) {
    // Large windows, because there is one of each kind in a shard and not one for each answer.
    thread_local net::deflater gzip({net::deflate_form::gzip, 15, 8, 5});
    thread_local net::deflater deflate({net::deflate_form::zlib, 15, 8, 5});
    return how == coding::gzip ? gzip : deflate;
}

bool may_be_coded(const response& given) {
    if (!given.may_be_coded || given.take_over || given.status < 200 || given.status == 204 ||
        given.status == 206 || given.status == 304)
        return false;
    return !given.fields.get("Content-Encoding") && !given.fields.get("Content-Range") &&
           !given.fields.lists("Cache-Control", "no-transform");
}

void vary_by_coding(fields& of) {
    if (!of.lists("Vary", "Accept-Encoding")) of.add("Vary", "Accept-Encoding");
}

// RFC 9110, 8.8.1: the same resource, and not the same bytes.
void weaken(fields& of) {
    const auto etag = of.get("ETag");
    if (etag && !etag->starts_with("W/")) of.set("ETag", "W/" + std::string(*etag));
}

}  // namespace

std::string_view to_string(coding how) {
    switch (how) {
        case coding::identity:
            return "identity";
        case coding::deflate:
            return "deflate";
        case coding::gzip:
            return "gzip";
    }
    return {};
}

coding preferred_coding(const fields& asked) {
    const std::string all = asked.joined("Accept-Encoding");
    weights accepted;
    std::string_view rest = all;
    while (!rest.empty()) note(accepted, next_list_element(rest));
    const unsigned otherwise = accepted.any.value_or(0);
    const unsigned gzip = accepted.gzip.value_or(otherwise);
    const unsigned deflate = accepted.deflate.value_or(otherwise);
    const unsigned best = std::max(gzip, deflate);
    if (best == 0 || best < accepted.identity.value_or(0)) return coding::identity;
    return gzip == best ? coding::gzip : coding::deflate;
}

bool worth_coding(std::string_view content_type, std::size_t size) {
    if (size < smallest_body) return false;
    const std::string type = to_lower(next_parameter(content_type));
    if (type.starts_with("text/")) return type != "text/event-stream";
    return std::find(std::begin(textual), std::end(textual), type) != std::end(textual);
}

std::optional<std::string> coded(std::string_view body, coding how) {
    net::deflater& deflater = shards_deflater(how);
    if (!deflater) return std::nullopt;
    std::string out;
    deflater.finish(body, out);
    return out;
}

void code_answer(response& given, coding preferred) {
    if (!may_be_coded(given)) return;
    const std::string_view body = given.body.empty() ? given.static_body : std::string_view(given.body);
    if (body.size() > largest_body ||
        !worth_coding(given.fields.get("Content-Type").value_or(""), body.size()))
        return;
    vary_by_coding(given.fields);
    if (preferred == coding::identity) return;
    auto smaller = coded(body, preferred);
    if (!smaller || smaller->size() >= body.size()) return;
    given.body = std::move(*smaller);
    given.static_body = {};
    given.fields.add("Content-Encoding", to_string(preferred));
    weaken(given.fields);
}

}  // namespace meerkat::http
