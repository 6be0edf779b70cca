#include "xmpp/modules/undelivered.hpp"

namespace meerkat {

void undelivered_messages::subscribe(hooks& hooks) {
    hooks.message_undelivered.on(phase::fallback, *this, &undelivered_messages::bounce);
}

verdict undelivered_messages::bounce(stanza& message) {
    if (message.is_error() || message.from().empty()) return verdict::proceed;
    home_.background().spawn(bounce_in_turn(this, message.copy()));
    return verdict::stop;
}

// A database that cannot be asked now costs the text only: undelivered the message is in any case.
task<> undelivered_messages::bounce_in_turn(undelivered_messages* self, stanza message) {
    const result<turns::turn> mine = co_await self->by_sender_.take(std::string(message.from().full()));
    bool exists = true;
    if (mine.has_value()) {
        const result<bool> found = co_await self->accounts_.user_exists(std::string(message.to().local()),
                                                                        std::string(message.to().domain()));
        exists = found.has_error() || *found;
    }
    const std::string_view text = exists ? "Bounce offline message" : "User not found";
    self->home_.bounce(std::move(message), {stanza_condition::service_unavailable, text});
}

}  // namespace meerkat
