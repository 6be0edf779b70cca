#pragma once
// What a stream is held to, told to the client among the stream features (XEP-0478).

#include "xmpp/xml/element.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace meerkat {

// Each where there is one. An idle limit of less than a second is not told: the protocol knows whole ones.
void announce_limits(xml::element& features, std::optional<std::size_t> bytes_of_an_element,
                     std::optional<std::chrono::milliseconds> idle);

}  // namespace meerkat
