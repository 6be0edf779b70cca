#pragma once
// Reads a chunked body (RFC 9112, 7.1) from raw bytes, as strictly as the head. Trailers are read and
// dropped. No input, no output, no clock.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meerkat::http {

class chunked_body {
public:
    enum class state : std::uint8_t { incomplete, complete, refused };

    explicit chunked_body(std::size_t limit) : limit_(limit) {}

    // Takes the body's bytes off the front of `received` and appends what they carry to `body`. Whatever
    // follows the body stays.
    state read(std::string_view& received, std::string& body);

    unsigned status() const { return status_; }  // when refused: 413 above the limit, else 400

private:
    enum class step : std::uint8_t { size, data, data_end, trailer, done };

    bool take_size(std::string_view line);
    bool take_trailer(std::string_view line);
    state refuse(unsigned status);

    const std::size_t limit_;
    step step_ = step::size;
    std::string line_;  // torn: what came of it so far
    std::uint64_t left_ = 0;
    std::size_t total_ = 0;
    std::size_t extensions_ = 0;
    std::size_t trailers_ = 0;
    unsigned status_ = 0;
};

}  // namespace meerkat::http
