#include "gateway/http/chunked_body.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>
#include <charconv>

namespace meerkat::http {

namespace {

constexpr std::size_t longest_line = 1024;
constexpr std::size_t most_extensions =
    256;  // bytes in all: they carry nothing, so many of them are an attack
constexpr std::size_t most_trailers = 8 * 1024;

// Fields that would change how the message was read, or who sent it. RFC 9110, 6.5.1.
constexpr std::string_view forbidden_trailers[] = {
    "content-length", "transfer-encoding", "host",          "trailer", "authorization", "cookie",
    "content-type",   "content-encoding",  "content-range", "te",      "connection",    "expect"};

std::string_view take_token(std::string_view& rest) {
    std::size_t size = 0;
    while (size < rest.size() && is_token_character(static_cast<unsigned char>(rest[size]))) ++size;
    const std::string_view token = rest.substr(0, size);
    rest.remove_prefix(size);
    return token;
}

// After the opening quote; past the closing one. RFC 9110, 5.6.4, in ASCII.
bool skip_quoted(std::string_view& rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (static_cast<unsigned char>(rest[i]) >= 0x80) return false;
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return true;
        }
        if (rest[i] == '\\') ++i;
    }
    return false;
}

// RFC 9112, 7.1.1, without the white space that only old recipients allow.
bool are_extensions(std::string_view rest) {
    while (!rest.empty()) {
        if (rest.front() != ';') return false;
        rest.remove_prefix(1);
        if (take_token(rest).empty()) return false;
        if (!rest.starts_with('=')) continue;
        rest.remove_prefix(1);
        if (rest.starts_with('"')) {
            rest.remove_prefix(1);
            if (!skip_quoted(rest)) return false;
        } else if (take_token(rest).empty()) {
            return false;
        }
    }
    return true;
}

}  // namespace

chunked_body::state chunked_body::refuse(unsigned status) {
    status_ = status;
    return state::refused;
}

chunked_body::state chunked_body::read(std::string_view& received, std::string& body) {
    while (step_ != step::done && !received.empty()) {
        if (step_ == step::data) {
            const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, received.size()));
            body += received.substr(0, part);
            received.remove_prefix(part);
            left_ -= part;
            if (left_ == 0) step_ = step::data_end;
            continue;
        }
        const std::size_t end = received.find('\n');
        const std::string_view part = received.substr(0, std::min(end, received.size()));
        if (line_.size() + part.size() > longest_line) return refuse(400);
        line_ += part;
        received.remove_prefix(std::min(part.size() + 1, received.size()));
        if (end == std::string_view::npos) break;
        if (!line_.ends_with('\r')) return refuse(400);
        const std::string_view line = std::string_view(line_).substr(0, line_.size() - 1);
        if (line.find('\r') != std::string_view::npos || !is_field_value(line)) return refuse(400);
        if (step_ == step::size) {
            if (!take_size(line)) return refuse(400);
            if (left_ > limit_ - total_) return refuse(413);
            total_ += static_cast<std::size_t>(left_);
        } else if (step_ == step::data_end) {
            if (!line.empty()) return refuse(400);
            step_ = step::size;
        } else if (!take_trailer(line)) {
            return refuse(400);
        }
        line_.clear();
    }
    return step_ == step::done ? state::complete : state::incomplete;
}

bool chunked_body::take_size(std::string_view line) {
    const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
    if (failure != std::errc()) return false;
    const std::string_view extension = line.substr(static_cast<std::size_t>(end - line.data()));
    extensions_ += extension.size();
    if (extensions_ > most_extensions || !are_extensions(extension)) return false;
    step_ = left_ == 0 ? step::trailer : step::data;
    return true;
}

bool chunked_body::take_trailer(std::string_view line) {
    if (line.empty()) {
        step_ = step::done;
        return true;
    }
    trailers_ += line.size();
    const std::size_t colon = line.find(':');
    if (trailers_ > most_trailers || colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return false;
    return std::ranges::none_of(forbidden_trailers, [&](std::string_view name) {
        return equal_ignoring_case(name, line.substr(0, colon));
    });
}

}  // namespace meerkat::http
