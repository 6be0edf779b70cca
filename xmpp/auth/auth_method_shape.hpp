#pragma once
// The shape of an option that names auth methods. Apart from auth_options.hpp, so that those who only read
// options need not see the reader.

#include "config/shape.hpp"
#include "xmpp/auth/auth_options.hpp"

namespace meerkat {

config::shape<auth_method> auth_method_shape();

}  // namespace meerkat
