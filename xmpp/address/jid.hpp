#pragma once
// XMPP addresses (RFC 7622 in its shape, RFC 6122's stringprep profiles in its preparation: nodeprep,
// nameprep, resourceprep by libidn). A jid is always prepared, so comparing is comparing bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat::xml {
class arena;
}

namespace meerkat {

// A prepared address in somebody else's memory. Parts are absent or 1 to 1,023 bytes each; the domain is
// never absent unless the whole is empty.
class jid_view {
public:
    constexpr jid_view() = default;

    std::string_view full() const { return text_; }
    std::string_view bare() const { return text_.substr(0, bare_size_); }
    std::string_view local() const { return text_.substr(0, local_size_); }
    std::string_view domain() const {
        const std::size_t start = local_size_ == 0 ? 0 : local_size_ + 1U;
        return text_.substr(start, bare_size_ - start);
    }
    std::string_view resource() const {
        return bare_size_ == text_.size() ? std::string_view() : text_.substr(bare_size_ + 1U);
    }
    bool is_bare() const { return bare_size_ == text_.size(); }
    bool empty() const { return text_.empty(); }
    jid_view to_bare() const { return jid_view(bare(), local_size_, bare_size_); }
    // The same address in another place; `text` must equal full().
    jid_view rebased(std::string_view text) const { return jid_view(text, local_size_, bare_size_); }

    friend bool operator==(const jid_view& a, const jid_view& b) { return a.text_ == b.text_; }

protected:
    friend class jid;
    friend std::optional<jid_view> parse_jid(std::string_view text, xml::arena& memory);
    constexpr jid_view(std::string_view text, std::uint16_t local_size, std::uint16_t bare_size)
        : text_(text), local_size_(local_size), bare_size_(bare_size) {}

    std::string_view text_;
    std::uint16_t local_size_ = 0;
    std::uint16_t bare_size_ = 0;
};

// Prepares and checks. The result points into `text` when that is prepared already (the ordinary case,
// without any stringprep call), else into the arena. Nothing when it is no address.
std::optional<jid_view> parse_jid(std::string_view text, xml::arena& memory);

// An address that owns its text.
class jid {
public:
    jid() = default;
    jid(const jid_view& other)  // NOLINT(google-explicit-constructor)
        : text_(other.full()), local_size_(other.local_size_), bare_size_(other.bare_size_) {}

    static std::optional<jid> parse(std::string_view text);
    // From parts not yet prepared; an empty local or resource part is absent.
    static std::optional<jid> make(std::string_view local, std::string_view domain,
                                   std::string_view resource = {});

    // From parts that the preparations below returned; an empty local or resource part is absent.
    static jid of_prepared(std::string_view local, std::string_view domain, std::string_view resource);

    operator jid_view() const { return view(); }  // NOLINT(google-explicit-constructor)
    jid_view view() const { return {text_, local_size_, bare_size_}; }
    std::string_view full() const { return text_; }
    std::string_view bare() const { return view().bare(); }
    std::string_view local() const { return view().local(); }
    std::string_view domain() const { return view().domain(); }
    std::string_view resource() const { return view().resource(); }
    bool is_bare() const { return view().is_bare(); }
    bool empty() const { return text_.empty(); }
    jid to_bare() const { return jid(view().to_bare()); }

    friend bool operator==(const jid& a, const jid& b) { return a.text_ == b.text_; }
    friend bool operator<(const jid& a, const jid& b) { return a.text_ < b.text_; }

private:
    std::string text_;
    std::uint16_t local_size_ = 0;
    std::uint16_t bare_size_ = 0;
};

// The single preparations. Nothing when a character is prohibited or the result is empty or over 1,023 bytes.
std::optional<std::string> nodeprep(std::string_view local);
std::optional<std::string> nameprep(std::string_view domain);
std::optional<std::string> resourceprep(std::string_view resource);
// RFC 4013, for passwords and SCRAM user names.
std::optional<std::string> saslprep(std::string_view text);

}  // namespace meerkat
