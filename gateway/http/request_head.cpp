#include "gateway/http/request_head.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <charconv>

namespace meerkat::http {

namespace {

// The names that decide where a body ends or whom a request is for; each may stand once.
std::size_t count(const fields& all, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [name](const auto& field) { return equal_ignoring_case(field.first, name); }));
}

// What browsers leave unescaped in a query goes beyond RFC 3986; none of it has a meaning here.
bool is_target(std::string_view target) {
    return !target.empty() &&
           std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

}  // namespace

bool head_reader::refuse(unsigned status) {
    status_ = status;
    return false;
}

head_reader::state head_reader::read(std::string_view received) {
    for (;;) {
        const std::size_t end = received.find('\n', scanned_);
        const std::size_t size = std::min(end, received.size()) - line_;
        const std::size_t allowed =
            has_request_line_ ? limits_.fields + 2 - fields_size_ : limits_.request_line + 2;
        if (size > allowed) {
            refuse(has_request_line_ ? 431 : 414);
            return state::refused;
        }
        if (end == std::string_view::npos) {
            scanned_ = received.size();
            return state::incomplete;
        }
        // Only CR LF ends a line: a lone LF, or CR elsewhere, is where readers differ. RFC 9112, 2.2.
        if (end == line_ || received[end - 1] != '\r') {
            refuse(400);
            return state::refused;
        }
        const std::string_view line = received.substr(line_, end - 1 - line_);
        line_ = scanned_ = end + 1;
        if (line.empty() && has_request_line_) {
            end_ = line_;
            return finish() ? state::complete : state::refused;
        }
        if (!take_line(line)) return state::refused;
    }
}

bool head_reader::take_line(std::string_view line) {
    if (line.find('\r') != std::string_view::npos) return refuse(400);
    if (has_request_line_) return take_field(line);
    // RFC 9112, 2.2: one empty line after the previous body is forgiven.
    if (line.empty()) return std::exchange(skipped_empty_line_, true) ? refuse(400) : true;
    has_request_line_ = true;
    return take_request_line(line);
}

bool head_reader::take_request_line(std::string_view line) {
    if (line.size() > limits_.request_line) return refuse(414);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return refuse(400);
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || !is_target(target)) return refuse(400);
    const bool numbered = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' &&
                          version[5] >= '0' && version[5] <= '9' && version[7] >= '0' && version[7] <= '9';
    if (!numbered) return refuse(400);
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return refuse(505);
    if (method.size() > limits_.method) return refuse(501);
    head_.method = method;
    head_.target = target;
    head_.version = version == "HTTP/1.1" ? 11 : 10;
    return true;
}

bool head_reader::take_field(std::string_view line) {
    fields_size_ += line.size() + 2;
    if (fields_size_ > limits_.fields || head_.fields.size() == limits_.field_count) return refuse(431);
    // A name that is no token covers folded lines and a space before the colon. RFC 9112, 5.1 and 5.2.
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return refuse(400);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return refuse(400);
    head_.fields.add(line.substr(0, colon), value);
    return true;
}

bool head_reader::finish() {
    if (!settle_host() || !settle_target() || !settle_framing() || !settle_connection()) return false;
    const auto expect = head_.fields.get("Expect");
    if (expect && !equal_ignoring_case(*expect, "100-continue")) return refuse(417);
    head_.expects_continue = expect.has_value() && head_.version == 11;
    return true;
}

// RFC 9112, 3.2: exactly one Host in HTTP/1.1, well-formed.
bool head_reader::settle_host() {
    const std::size_t hosts = count(head_.fields, "Host");
    if (hosts > 1 || (hosts == 0 && head_.version == 11)) return refuse(400);
    if (hosts == 0) return true;
    auto named = read_authority(*head_.fields.get("Host"));
    if (!named) return refuse(400);
    head_.host = std::move(named->host);
    return true;
}

bool head_reader::settle_target() {
    std::string_view rest = head_.target;
    if (rest == "*") {
        if (head_.method != "OPTIONS") return refuse(400);
        head_.path = "*";
        return true;
    }
    // The absolute form names the host itself; one that differs from Host is an attempt to pass for another.
    const std::size_t scheme = rest.find("://");
    if (!rest.starts_with('/') && scheme != std::string_view::npos) {
        const std::string_view name = rest.substr(0, scheme);
        if (!equal_ignoring_case(name, "http") && !equal_ignoring_case(name, "https")) return refuse(400);
        rest.remove_prefix(scheme + 3);
        const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
        const auto named = read_authority(rest.substr(0, end));
        const auto said = head_.fields.get("Host");
        if (!named || (said && !equal_ignoring_case(*said, rest.substr(0, end)))) return refuse(400);
        head_.host = named->host;
        rest.remove_prefix(end);
        if (!rest.starts_with('/')) {
            head_.path = "/";
            if (!rest.empty()) head_.query = rest.substr(1);
            return true;
        }
    }
    const std::size_t question = std::min(rest.find('?'), rest.size());
    head_.path = rest.substr(0, question);
    if (question < rest.size()) head_.query = rest.substr(question + 1);
    auto segments = read_path(head_.path);
    if (!segments) return refuse(400);
    head_.segments = std::move(*segments);
    return true;
}

// RFC 9112, 6.1 to 6.3, with every ambiguous combination refused instead of repaired.
bool head_reader::settle_framing() {
    const std::size_t lengths = count(head_.fields, "Content-Length");
    const bool encoded = count(head_.fields, "Transfer-Encoding") > 0;
    if (lengths > 1 || (lengths > 0 && encoded)) return refuse(400);
    if (encoded) return read_transfer_encoding();
    if (lengths == 1) return read_content_length(*head_.fields.get("Content-Length"));
    return true;
}

bool head_reader::read_transfer_encoding() {
    if (head_.version == 10) return refuse(400);
    const std::string all = head_.fields.joined("Transfer-Encoding");
    std::string_view rest = all;
    bool chunked = false;
    bool unknown = false;
    if (all.empty() || trimmed(all).ends_with(',')) return refuse(400);
    while (!rest.empty()) {
        const std::string_view coding = next_list_element(rest);
        if (chunked || !is_token(coding)) return refuse(400);  // chunked is last and stands once
        chunked = equal_ignoring_case(coding, "chunked");
        unknown = unknown || !chunked;
    }
    if (unknown) return refuse(501);
    head_.framing = body_framing::chunked;
    return true;
}

bool head_reader::read_content_length(std::string_view value) {
    const bool digits =
        !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return refuse(400);
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), head_.content_length);
    if (parsed.ec != std::errc()) return refuse(400);
    if (head_.content_length > 0) head_.framing = body_framing::length;
    return true;
}

bool head_reader::settle_connection() {
    const std::string all = head_.fields.joined("Connection");
    std::string_view rest = all;
    bool close = false;
    bool keep_alive = false;
    while (!rest.empty()) {
        const std::string_view option = next_list_element(rest);
        if (!option.empty() && !is_token(option)) return refuse(400);
        close = close || equal_ignoring_case(option, "close");
        keep_alive = keep_alive || equal_ignoring_case(option, "keep-alive");
    }
    head_.keep_alive = !close && (head_.version == 11 || keep_alive);
    return true;
}

}  // namespace meerkat::http
