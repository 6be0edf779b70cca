#include "xmpp/modules/roster/subscription_states.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace meerkat {

using storage::pending;
using storage::roster_item;
using storage::subscription;

namespace {

constexpr std::size_t state_count = 9;
constexpr std::size_t request_count = 4;

constexpr std::array<std::string_view, request_count> request_names = {"subscribe", "subscribed",
                                                                       "unsubscribe", "unsubscribed"};

struct stored_state {
    storage::subscription subscription;
    storage::pending pending;
};

// In the order of subscription_state.
constexpr std::array<stored_state, state_count> stored_states = {{
    {subscription::none, pending::none},
    {subscription::none, pending::out},
    {subscription::none, pending::in},
    {subscription::none, pending::both},
    {subscription::to, pending::none},
    {subscription::to, pending::in},
    {subscription::from, pending::none},
    {subscription::from, pending::out},
    {subscription::both, pending::none},
}};

// One letter for the subscription, one for what is pending: out, in, both.
constexpr auto n = subscription_state::none;
constexpr auto n_o = subscription_state::none_out;
constexpr auto n_i = subscription_state::none_in;
constexpr auto n_b = subscription_state::none_out_in;
constexpr auto t = subscription_state::to;
constexpr auto t_i = subscription_state::to_in;
constexpr auto f = subscription_state::from;
constexpr auto f_o = subscription_state::from_out;
constexpr auto b = subscription_state::both;

// clang-format off
constexpr subscription_state sending[state_count][request_count] = {
    //         subscribe  subscribed  unsubscribe  unsubscribed
    /* n   */ {n_o,       n,          n,           n},
    /* n_o */ {n_o,       n_o,        n,           n_o},
    /* n_i */ {n_b,       f,          n_i,         n},
    /* n_b */ {n_b,       f_o,        n_i,         n_o},
    /* t   */ {t,         b,          n,           t},
    /* t_i */ {t_i,       b,          n_i,         t},
    /* f   */ {f_o,       f,          f,           n},
    /* f_o */ {f_o,       f_o,        f,           n_o},
    /* b   */ {b,         b,          f,           t},
};

struct cell {
    subscription_state next;
    char reply = 0;
};
constexpr char yes = 'y';  // "subscribed"
constexpr char no = 'n';   // "unsubscribed"

constexpr cell receiving[state_count][request_count] = {
    //         subscribe  subscribed  unsubscribe  unsubscribed
    /* n   */ {{n_i},     {n},        {n},         {n}},
    /* n_o */ {{n_b},     {t},        {n_o},       {n}},
    /* n_i */ {{n_i},     {n_i},      {n, no},     {n_i}},
    /* n_b */ {{n_b},     {t_i},      {n_o, no},   {n_i}},
    /* t   */ {{t_i},     {t},        {t},         {n}},
    /* t_i */ {{t_i},     {t_i},      {t, no},     {n_i}},
    /* f   */ {{f, yes},  {b},        {n, no},     {f}},
    /* f_o */ {{f_o, yes},{b},        {n_o, no},   {f}},
    /* b   */ {{b, yes},  {b},        {t, no},     {f}},
};
// clang-format on

std::size_t row(subscription_state state) { return static_cast<std::size_t>(state); }
std::size_t column(subscription_request request) { return static_cast<std::size_t>(request); }

}  // namespace

std::optional<subscription_request> subscription_request_named(std::string_view presence_type) {
    for (std::size_t i = 0; i < request_count; ++i) {
        if (request_names[i] == presence_type) return static_cast<subscription_request>(i);
    }
    return std::nullopt;
}

std::string_view to_string(subscription_request request) { return request_names[column(request)]; }

subscription_state state_of(const roster_item& item) {
    for (std::size_t i = 0; i < state_count; ++i) {
        if (stored_states[i].subscription == item.subscription && stored_states[i].pending == item.pending)
            return static_cast<subscription_state>(i);
    }
    // A request that the subscription has already answered, as other software may have stored it.
    const bool asked_by_contact = item.pending == pending::in || item.pending == pending::both;
    const bool asked_by_user = item.pending == pending::out || item.pending == pending::both;
    if (item.subscription == subscription::to) return asked_by_contact ? t_i : t;
    if (item.subscription == subscription::from) return asked_by_user ? f_o : f;
    return b;
}

void set_state(roster_item& item, subscription_state state) {
    item.subscription = stored_states[row(state)].subscription;
    item.pending = stored_states[row(state)].pending;
    if (item.pending == pending::none || item.pending == pending::out) item.request_status.clear();
}

bool contact_sees_user(subscription s) { return s == subscription::from || s == subscription::both; }
bool user_sees_contact(subscription s) { return s == subscription::to || s == subscription::both; }

subscription_state after_sending(subscription_state state, subscription_request request) {
    return sending[row(state)][column(request)];
}

received_request after_receiving(subscription_state state, subscription_request request) {
    const cell& found = receiving[row(state)][column(request)];
    switch (found.reply) {
        case yes:
            return {found.next, subscription_request::subscribed};
        case no:
            return {found.next, subscription_request::unsubscribed};
        default:
            return {found.next, std::nullopt};
    }
}

}  // namespace meerkat
