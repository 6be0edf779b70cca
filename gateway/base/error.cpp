#include "gateway/base/error.hpp"

#include <stdexcept>

namespace meerkat {

std::string_view to_string(errc code) {
    switch (code) {
        case errc::cancelled:
            return "cancelled";
        case errc::timed_out:
            return "timed out";
        case errc::overloaded:
            return "overloaded";
        case errc::closed:
            return "closed";
        case errc::not_found:
            return "not found";
        case errc::conflict:
            return "conflict";
        case errc::invalid:
            return "invalid";
        case errc::unavailable:
            return "unavailable";
    }
    return "unknown";
}

void throw_exception_from_error(const error& e, const boost::source_location&) {
    throw std::logic_error(std::string(to_string(e.code)) + ": " + e.detail);
}

}  // namespace meerkat
