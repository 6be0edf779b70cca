#pragma once
// The conversations of client negotiation that end well, for the tests that play them and the tests that
// break them at every step.

#include "tests/protocol/negotiation/player.hpp"

namespace meerkat::testing {

struct named_conversation {
    std::string name;
    negotiate::settings how;
    conversation lines;
};

// A client's opening tag.
std::string open_tag(std::string_view attributes = "to='example.org' version='1.0'");

std::vector<named_conversation> good_conversations();

// Up to the offered features, and from there through SASL and the move.
conversation until_offered();
conversation until_bind();
conversation operator+(conversation a, const conversation& b);

}  // namespace meerkat::testing
