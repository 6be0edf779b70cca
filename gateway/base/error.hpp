#pragma once
// The floor's errors: what can go wrong between Meerkat's own parts. Each boundary to the outside (stanza,
// stream, HTTP) translates them once, in a table of its own. Not for protocol errors: those have types of
// their own.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace meerkat {

enum class errc {
    cancelled,   // the asker is going away
    timed_out,   // a deadline of ours passed
    overloaded,  // a bounded queue is full; nothing was done
    closed,      // the other side, or the part asked, is gone
    not_found,
    conflict,     // exists already, or changed meanwhile
    invalid,      // the input is wrong
    unavailable,  // a resource outside (disk, database, network) failed
};

std::string_view to_string(errc code);

// `detail` is for logs; it never reaches a peer and never holds a secret.
struct error {
    errc code;
    std::string detail;

    error() : code(errc::unavailable) {}
    error(errc c, std::string d = {})
        : code(c), detail(std::move(d)) {}  // NOLINT(google-explicit-constructor)
    friend bool operator==(const error& a, errc b) { return a.code == b; }
};

// A value or the reason why there is none. `value()` on a failure is a broken invariant and throws.
template <class T>
using result = boost::system::result<T, error>;

[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

}  // namespace meerkat
