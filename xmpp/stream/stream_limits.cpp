#include "xmpp/stream/stream_limits.hpp"

#include "xmpp/xml/namespaces.hpp"

#include <string>

namespace meerkat {

void announce_limits(xml::element& features, std::optional<std::size_t> bytes_of_an_element,
                     std::optional<std::chrono::milliseconds> idle) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(idle.value_or(std::chrono::milliseconds::zero()));
    if (!bytes_of_an_element && seconds == seconds.zero()) return;
    xml::element& limits = features.add("limits", ns::stream_limits);
    if (bytes_of_an_element) limits.add("max-bytes").add_text(std::to_string(*bytes_of_an_element));
    if (seconds != seconds.zero()) limits.add("idle-seconds").add_text(std::to_string(seconds.count()));
}

}  // namespace meerkat
