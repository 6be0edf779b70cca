#pragma once
// Reads the head of an HTTP/1 request from raw bytes, strictly: one reading only of where it ends, where the
// body ends and whom it is for, so that nobody in front of this server can be made to read it differently
// (request smuggling). No input, no output, no clock.

#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::http {

struct head_limits {
    std::size_t request_line = 8'000;  // bytes without the line's end; more is 414
    std::size_t fields = 32 * 1024;    // bytes of all field lines with their ends; more is 431
    std::size_t field_count = 100;     // more is 431
    std::size_t method = 32;           // more is 501
};

enum class body_framing : std::uint8_t { none, length, chunked };

struct request_head {
    std::string method;
    std::string target;
    unsigned version = 11;
    http::fields fields;
    std::string host;                   // lower case, without port; empty with HTTP/1.0 without Host
    std::string path;                   // before decoding, without the query; "*" for the asterisk form
    std::vector<std::string> segments;  // of the path, decoded
    std::string query;
    body_framing framing = body_framing::none;
    std::uint64_t content_length = 0;
    bool keep_alive = false;
    bool expects_continue = false;
};

class head_reader {
public:
    enum class state : std::uint8_t { incomplete, complete, refused };

    explicit head_reader(const head_limits& limits = {}) : limits_(limits) {}

    // Looks at everything received since the last request's end; called again with more until the state is
    // not incomplete. What was looked at before is not looked at again.
    state read(std::string_view received);

    std::size_t size() const { return end_; }  // when complete: bytes of the head
    request_head& head() { return head_; }     // when complete
    unsigned status() const {
        return status_;
    }  // when refused: what to answer; the connection is to be closed

private:
    bool refuse(unsigned status);
    bool take_line(std::string_view line);
    bool take_request_line(std::string_view line);
    bool take_field(std::string_view line);
    bool finish();
    bool settle_host();
    bool settle_target();
    bool settle_framing();
    bool read_transfer_encoding();
    bool read_content_length(std::string_view value);
    bool settle_connection();

    head_limits limits_;
    request_head head_;
    std::size_t line_ = 0;     // where the line under way begins
    std::size_t scanned_ = 0;  // up to where its end was looked for
    std::size_t fields_size_ = 0;
    std::size_t end_ = 0;
    unsigned status_ = 0;
    bool has_request_line_ = false;
    bool skipped_empty_line_ = false;
};

}  // namespace meerkat::http
