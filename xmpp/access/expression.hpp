#pragma once
// A regular expression of [acl]: Perl-style and unanchored, searched in time linear in the text, so that no
// expression and no address can make a check explode. What only backtracking can do, back-references and
// look-around, is refused.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat {

class expression {
public:
    // A wrong expression matches nothing; wrong() says why.
    explicit expression(const std::string& text);
    ~expression();
    expression(expression&&) noexcept;
    expression& operator=(expression&&) noexcept;

    // The library's words; nothing when the expression is right.
    std::optional<std::string> wrong() const;
    // Any thread.
    bool found_in(std::string_view value) const;

private:
    struct compiled;
    std::unique_ptr<compiled> compiled_;
};

}  // namespace meerkat
