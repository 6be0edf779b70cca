#include "gateway/http/response_head.hpp"

#include "gateway/base/log.hpp"
#include "gateway/http/syntax.hpp"

#include <array>
#include <ctime>

namespace meerkat::http {

namespace {

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 100:
            return "Continue";
        case 101:
            return "Switching Protocols";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";
    }
}

// RFC 9110, 5.6.7. Made once a second, by hand: strftime's names depend on the locale.
std::string_view date() {
    static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    thread_local std::time_t when = -1;
    thread_local std::array<char, 64> text;
    thread_local std::size_t size = 0;
    const std::time_t now = std::time(nullptr);
    if (now != std::exchange(when, now)) {
        std::tm utc{};
        gmtime_r(&now, &utc);
        size = static_cast<std::size_t>(
            std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                          days[static_cast<std::size_t>(utc.tm_wday)].data(), utc.tm_mday,
                          months[static_cast<std::size_t>(utc.tm_mon)].data(), utc.tm_year + 1900,
                          utc.tm_hour, utc.tm_min, utc.tm_sec));
    }
    return {text.data(), size};
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
    if (!is_token(name) || !is_field_value(value)) {
        log::error("response_field_refused", {{"name", name}});
        return;
    }
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
}

}  // namespace

bool may_have_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

std::string make_response_head(const response& given, const head_facts& facts) {
    std::string head;
    head.reserve(512);
    head += "HTTP/1.1 ";
    head += std::to_string(given.status);
    head += ' ';
    head += reason_of(given.status);
    head += "\r\nServer: ";
    head += facts.server_name;
    head += "\r\nDate: ";
    head += date();
    head += "\r\n";
    for (const auto& [name, value] : given.fields) append_field(head, name, value);
    head += given.static_fields;
    if (may_have_body(given.status))
        append_field(head, "Content-Length", std::to_string(facts.content_length));
    if (given.status != 101) {
        if (!facts.keep_alive) {
            append_field(head, "Connection", "close");
        } else if (facts.request_version == 10) {
            append_field(head, "Connection", "keep-alive");
        }
    }
    head += "\r\n";
    return head;
}

}  // namespace meerkat::http
