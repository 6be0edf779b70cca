#include "xmpp/modules/roster/subscription_states.hpp"

#include <catch2/catch.hpp>

using namespace meerkat;
using namespace std::string_view_literals;
using enum subscription_state;
using enum subscription_request;

TEST_CASE("a presence type names a subscription request or none") {
    CHECK(subscription_request_named("subscribe") == subscribe);
    CHECK(subscription_request_named("subscribed") == subscribed);
    CHECK(subscription_request_named("unsubscribe") == unsubscribe);
    CHECK(subscription_request_named("unsubscribed") == unsubscribed);
    CHECK_FALSE(subscription_request_named(""));
    CHECK_FALSE(subscription_request_named("unavailable"));
}

TEST_CASE("a state survives being stored in an item") {
    for (const auto state :
         {subscription_state::none, none_out, none_in, none_out_in, to, to_in, from, from_out, both}) {
        storage::roster_item item;
        set_state(item, state);
        CHECK(state_of(item) == state);
    }
}

TEST_CASE("a request that its subscription has answered is not pending any more") {
    storage::roster_item item;
    item.subscription = storage::subscription::to;
    item.pending = storage::pending::out;
    CHECK(state_of(item) == to);
    item.pending = storage::pending::both;
    CHECK(state_of(item) == to_in);
    item.subscription = storage::subscription::both;
    CHECK(state_of(item) == both);
}

TEST_CASE("the text of a request is forgotten with the request") {
    storage::roster_item item;
    set_state(item, none_in);
    item.request_status = "please";
    set_state(item, none_out_in);
    CHECK(item.request_status == "please");
    set_state(item, from_out);
    CHECK(item.request_status.empty());
}
