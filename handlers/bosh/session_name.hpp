#pragma once
// The sid of a BOSH session (XEP-0124, 7.2): two digits for the shard it was created on, then bits that
// nobody can guess.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::bosh {

class session_name {
public:
    static session_name make(unsigned shard);
    // Nothing: no session of a server with so many shards is called that.
    static std::optional<session_name> read(std::string_view sid, unsigned shards);

    // The shard where whoever knows only the name learns where the session is.
    unsigned birthplace() const { return birthplace_; }
    std::string_view text() const { return {text_.data(), text_.size()}; }

    friend bool operator==(const session_name& a, const session_name& b) { return a.text_ == b.text_; }
    struct hash {
        std::size_t operator()(const session_name& name) const;
    };

private:
    session_name(std::string_view text, unsigned birthplace);

    static constexpr std::size_t shard_digits = 2;
    static constexpr std::size_t random_bytes = 19;

    std::array<char, shard_digits + 2 * random_bytes> text_;
    unsigned birthplace_;
};

}  // namespace meerkat::bosh
