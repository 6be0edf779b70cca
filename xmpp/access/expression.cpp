#include "xmpp/access/expression.hpp"

#include <re2/re2.h>

namespace meerkat {

namespace {

re2::RE2::Options quiet() {
    re2::RE2::Options how;
    how.set_log_errors(false);
    return how;
}

}  // namespace

struct expression::compiled {
    explicit compiled(const std::string& text) : regexp(text, quiet()) {}
    re2::RE2 regexp;
};

expression::expression(const std::string& text) : compiled_(std::make_unique<compiled>(text)) {}
expression::~expression() = default;
expression::expression(expression&&) noexcept = default;
expression& expression::operator=(expression&&) noexcept = default;

std::optional<std::string> expression::wrong() const {
    if (compiled_->regexp.ok()) return std::nullopt;
    return compiled_->regexp.error();
}

bool expression::found_in(std::string_view value) const {
    return compiled_->regexp.ok() &&
           re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), compiled_->regexp);
}

}  // namespace meerkat
