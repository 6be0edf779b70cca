#pragma once
// Removing an account for good, whoever asks for it: what belongs to it first, so that nobody who takes the
// name later inherits anything, then the account, then its sessions.

#include "gateway/base/error.hpp"
#include "gateway/base/task.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/routing/home.hpp"

namespace meerkat {

// At the account's home. Returns once it is gone from the disk; the sessions end in a later loop turn, so
// that one of them can still be answered. not_found: there is no such account. unavailable: something could
// not be removed, and the account is still there.
task<result<void>> remove_account(home& here, host& at, auth::authenticator& accounts, jid account);

}  // namespace meerkat
