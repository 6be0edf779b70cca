#pragma once
// Which handler answers which host and path. Made once, immutable, read by all shards.
//
// Patterns, for hosts (segments between dots) and paths (between slashes) alike:
//   name       that segment       :name   any one segment, bound to the name
//   [...]      any rest, none too; at the end of a path, at the start of a host
//   [/part]    with or without; the variant without it is tried first
//   _          alone: everything; as a segment: any one
//   *          as a path: the request target "*"
// Hosts compare without case and port. Groups of equal hosts are tried in order of first appearance, "_"
// last; its paths are also tried after those of every other host. Within a group the first match wins.

#include "gateway/base/error.hpp"
#include "gateway/http/handler.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat::http {

struct route {
    std::string host;
    std::string path;
    std::shared_ptr<handler> target;
};

// One variant of a pattern, its optional parts decided.
struct pattern {
    enum class kind : std::uint8_t { literal, bound, any };
    struct segment {
        kind what;
        std::string text;  // of the literal, or the name
    };
    std::vector<segment> segments;
    bool open = false;  // ends with [...]
    bool everything = false;
    bool asterisk = false;

    // Whether everything `other` matches is matched by this.
    bool covers(const pattern& other) const;
};

class routes {
public:
    // invalid: a pattern is malformed; `detail` names it.
    static result<routes> make(std::vector<route> list);

    struct match {
        http::handler* handler = nullptr;
        std::vector<std::pair<std::string, std::string>> bindings;
        std::string rest;  // what [...] of the path matched, its segments joined by '/'
    };
    // `host` lower case; `path` is "*" or what `segments` were read from. Nothing: 404.
    std::optional<match> find(std::string_view host, std::string_view path,
                              std::span<const std::string> segments) const;

    // Routes that no request can reach, each as a sentence for the log.
    const std::vector<std::string>& warnings() const { return warnings_; }

private:
    struct rule {
        pattern path;
        std::size_t route;  // of list_
    };
    struct group {
        std::vector<pattern> hosts;
        std::vector<rule> rules;
    };
    void look_for_unreachable();

    std::vector<route> list_;
    std::vector<group> groups_;  // "_" is the last
    std::vector<std::string> warnings_;
};

}  // namespace meerkat::http
