#include "web/bundle.hpp"

namespace meerkat::web {

#ifdef MEERKAT_WEB_PAGES
// Generated from web/chat by web/build.mjs.
std::span<const file> chat_files() noexcept;
#endif

std::span<const file> bundle([[maybe_unused]] std::string_view name) noexcept {
#ifdef MEERKAT_WEB_PAGES
    if (name == "chat") return chat_files();
#endif
    return {};
}

}  // namespace meerkat::web
