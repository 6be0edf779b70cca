#include "handlers/discovery/discovery.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace meerkat {

namespace {

struct link {
    std::string_view relation;
    std::string address;
};

// Host has been checked when the request was read: no character in it needs escaping in XML or JSON. Paths
// come from the configuration.
std::vector<link> links_of(const http::request& asked, const discovery::paths& mounted) {
    const std::string authority(asked.fields.get("Host").value_or(asked.host));
    const std::string_view secure = asked.encrypted ? "s://" : "://";
    std::vector<link> links;
    if (!mounted.websocket.empty())
        links.push_back({"urn:xmpp:alt-connections:websocket",
                         "ws" + std::string(secure) + authority + mounted.websocket});
    if (!mounted.bosh.empty())
        links.push_back(
            {"urn:xmpp:alt-connections:xbosh", "http" + std::string(secure) + authority + mounted.bosh});
    return links;
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '\'':
                safe += "&apos;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string as_xrd(const std::vector<link>& links) {
    std::string text =
        "<?xml version='1.0' encoding='utf-8'?>\n<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>\n";
    for (const link& one : links)
        text += "  <Link rel='" + std::string(one.relation) + "' href='" + escaped(one.address) + "'/>\n";
    return text + "</XRD>\n";
}

std::string quoted(std::string_view text) {
    std::string safe = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe + '"';
}

std::string as_json(const std::vector<link>& links) {
    std::string text = "{\"links\":[";
    for (const link& one : links) {
        if (!text.ends_with('[')) text += ',';
        text += "{\"rel\":" + quoted(one.relation) + ",\"href\":" + quoted(one.address) + '}';
    }
    return text + "]}";
}

http::response answer(const http::request& asked, const discovery::paths& mounted) {
    http::response given;
    given.fields.add("Access-Control-Allow-Origin", "*");
    if (asked.method != "GET") {
        given.status = 405;
        given.fields.add("Allow", "GET, HEAD");
    } else if (asked.path.ends_with("/host-meta.json")) {
        given.fields.add("Content-Type", "application/json");
        given.body = as_json(links_of(asked, mounted));
    } else if (asked.path.ends_with("/host-meta")) {
        given.fields.add("Content-Type", "application/xrd+xml");
        given.body = as_xrd(links_of(asked, mounted));
    } else {
        given.status = 404;
    }
    return given;
}

}  // namespace

task<http::response> discovery::handle(const http::request& asked) { co_return answer(asked, mounted_); }

}  // namespace meerkat
