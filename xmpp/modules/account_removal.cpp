#include "xmpp/modules/account_removal.hpp"

namespace meerkat {

namespace {

void end_sessions(home& here, const jid& account) {
    const user_sessions* const found = here.sessions().of_user(account.full());
    if (found == nullptr) return;
    const user_sessions sessions = *found;  // ending one may take it out of the table
    for (session* const each : sessions) each->end({stream_condition::conflict, "User removed"});
}

}  // namespace

task<result<void>> remove_account(home& here, host& at, auth::authenticator& accounts, jid account) {
    const result<bool> exists =
        co_await accounts.user_exists(std::string(account.local()), std::string(account.domain()));
    if (exists.has_error()) co_return exists.error();
    if (!*exists) co_return error(errc::not_found);
    const verdict emptied = co_await at.hooks.account_removed.run(account);
    if (emptied == verdict::stop)
        co_return error(errc::unavailable, "something of the account is still kept");
    const result<void> removed =
        co_await accounts.remove_account(std::string(account.local()), std::string(account.domain()));
    if (removed.has_error()) co_return removed.error();
    here.here().send(here.here().index(), [&here, account] { end_sessions(here, account); });
    co_return result<void>();
}

}  // namespace meerkat
