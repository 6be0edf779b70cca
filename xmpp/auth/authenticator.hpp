#pragma once
// Who a client is: accounts, their passwords and the methods that check them, for every domain served. One
// per process, awaited on any shard; passwords are hashed on a worker pool and never kept or logged. Which
// mechanism carries the credentials is sasl_exchange's business; who may open a session is not asked here.

#include "gateway/base/error.hpp"
#include "gateway/base/task.hpp"
#include "gateway/base/worker_pool.hpp"
#include "xmpp/auth/auth_options.hpp"
#include "xmpp/auth/method_set.hpp"
#include "xmpp/sasl/mechanism.hpp"
#include "xmpp/storage/account_store.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat::auth {

// The options of domains that have their own (host_config); the others have the general ones.
struct auth_settings {
    auth_options general;
    std::map<std::string, auth_options, std::less<>> by_domain;
};

class authenticator {
public:
    // Accounts and pool outlive the authenticator. `secret` feigns accounts that do not exist: random, and
    // the same after a restart (storage::sqlite_storage keeps one).
    authenticator(auth_settings settings, storage::account_store& accounts, worker_pool& passwords,
                  std::string secret);

    const auth_options& options(std::string_view domain) const;

    // The names to announce, in order; empty when nothing can authenticate on such a stream. The views are of
    // static storage.
    std::vector<std::string_view> mechanisms(std::string_view domain, const sasl::channel_facts& facts) const;

    // For all that follow: names, domains prepared by nodeprep and nameprep; passwords as the user typed
    // them, SASLprep is done here. errc::unavailable, timed_out, overloaded: the accounts cannot be reached
    // now.

    // Keys for a SCRAM exchange, from the first method that has them. Nothing when there are none; the time
    // it takes is the same.
    task<result<std::optional<sasl::scram_keys>>> keys(std::string local, std::string domain,
                                                       hash_function hash, method_set allowed);

    // The first method, in the configured order, that takes the password; nothing when none does. Costs one
    // key derivation whether or not there is such an account.
    task<result<std::optional<auth_method>>> check_password(std::string local, std::string domain,
                                                            std::string password, method_set allowed);

    // The first method that takes whom a certificate names, account or not; nothing when none does.
    std::optional<auth_method> vouches_for_certificates(std::string_view domain, method_set allowed) const;

    // What feigned accounts are made of; for exchanges only.
    const std::string& secret() const { return secret_; }

    // A fresh name for a session without an account (SASL ANONYMOUS).
    std::string anonymous_name() const;

    // That the name is taken or the domain full comes as a value. invalid: the password is empty or has
    // prohibited characters. not_found: the domain has no method with accounts.
    task<result<storage::creation>> create_account(std::string local, std::string domain,
                                                   std::string password);
    // not_found: no such account. invalid as above.
    task<result<void>> set_password(std::string local, std::string domain, std::string password);
    // not_found: no such account. Only the account itself: the rest follows from the account_removed hook.
    task<result<void>> remove_account(std::string local, std::string domain);
    // Whether messages for this user have an account to go to.
    task<result<bool>> user_exists(std::string local, std::string domain);

private:
    task<result<bool>> try_method(auth_method method, std::string local, std::string domain,
                                  std::string password);
    task<result<bool>> check_stored(std::string local, std::string domain, std::string password);
    task<result<bool>> check_unowned(std::string local, std::string domain);
    task<result<bool>> pretend_to_check(dummy_auth_options how);
    task<result<bool>> refuse();
    task<result<std::vector<sasl::scram_keys>>> derive_all(std::string password, password_options how);

    const auth_settings settings_;
    storage::account_store& accounts_;
    worker_pool& passwords_;
    const std::string secret_;
};

}  // namespace meerkat::auth
