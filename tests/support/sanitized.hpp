#pragma once
// Whether a sanitizer is built in: everything is slower then, and memory means nothing.

namespace meerkat::testing {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace meerkat::testing
