#include "xmpp/hooks/hook.hpp"

namespace meerkat {

std::string_view to_string(phase p) {
    switch (p) {
        case phase::screen:
            return "screen";
        case phase::enrich:
            return "enrich";
        case phase::archive:
            return "archive";
        case phase::copy:
            return "copy";
        case phase::deliver:
            return "deliver";
        case phase::fallback:
            return "fallback";
        case phase::observe:
            return "observe";
    }
    return "";
}

}  // namespace meerkat
