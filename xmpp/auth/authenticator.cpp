#include "xmpp/auth/authenticator.hpp"

#include "gateway/base/deadline.hpp"
#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/auth/mechanism_list.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace meerkat::auth {

namespace {

// A login or registration waits this long for its turn on the password threads.
constexpr milliseconds password_patience{10'000};

// Which of an account's keys a password is checked with: they are equally strong in this, and SHA-256 has
// the processor's help nearly everywhere.
constexpr std::array checking_order{hash_function::sha256, hash_function::sha512, hash_function::sha384,
                                    hash_function::sha224, hash_function::sha1};

const sasl::scram_keys* keys_to_check_with(const std::vector<sasl::scram_keys>& keys) {
    for (const hash_function hash : checking_order) {
        const auto has = [hash](const sasl::scram_keys& k) { return k.hash == hash; };
        const auto found = std::find_if(keys.begin(), keys.end(), has);
        if (found != keys.end()) return &*found;
    }
    return nullptr;
}

hash_function hash_to_check_with(const password_options& how) {
    for (const hash_function hash : checking_order) {
        if (std::find(how.hash.begin(), how.hash.end(), hash) != how.hash.end()) return hash;
    }
    return hash_function::sha256;
}

bool has_method(const auth_options& options, auth_method method) {
    return std::find(options.methods.begin(), options.methods.end(), method) != options.methods.end();
}

// Lets some time of the shard's wheel pass.
class pause {
public:
    pause() { due_.calls<&pause::end>(*this); }
    void begin(milliseconds length) { due_.arm(shard::current().deadlines(), length); }
    task<bool> over() { return over_.wait(); }

private:
    void end() { over_.notify(); }

    deadline due_;
    event over_;
};

milliseconds random_part(milliseconds variance) {
    static thread_local std::minstd_rand source{std::random_device{}()};
    std::uniform_int_distribution<milliseconds::rep> any(1, std::max<milliseconds::rep>(1, variance.count()));
    return milliseconds{any(source)};
}

}  // namespace

authenticator::authenticator(auth_settings settings, storage::account_store& accounts, worker_pool& passwords,
                             std::string secret)
    : settings_(std::move(settings)),
      accounts_(accounts),
      passwords_(passwords),
      secret_(std::move(secret)) {}

const auth_options& authenticator::options(std::string_view domain) const {
    const auto own = settings_.by_domain.find(domain);
    return own == settings_.by_domain.end() ? settings_.general : own->second;
}

std::vector<std::string_view> authenticator::mechanisms(std::string_view domain,
                                                        const sasl::channel_facts& facts) const {
    std::vector<std::string_view> names;
    for (const sasl_mechanism m : offered_mechanisms(options(domain), facts)) names.push_back(name_of(m));
    return names;
}

std::string authenticator::anonymous_name() const { return random_hex(16); }

task<result<std::optional<sasl::scram_keys>>> authenticator::keys(std::string local, std::string domain,
                                                                  hash_function hash, method_set allowed) {
    if (!has_method(options(domain), auth_method::internal) || !allowed.contains(auth_method::internal))
        co_return std::nullopt;
    auto found = co_await accounts_.find_keys(std::move(local), std::move(domain), hash);
    co_return found;
}

task<result<std::optional<auth_method>>> authenticator::check_password(std::string local, std::string domain,
                                                                       std::string password,
                                                                       method_set allowed) {
    const auto prepared = saslprep(password);
    if (!prepared) co_return std::nullopt;
    for (const auth_method method : options(domain).methods) {
        if (!allowed.contains(method)) continue;
        const result<bool> right = co_await try_method(method, local, domain, *prepared);
        if (right.has_error()) co_return right.error();
        if (*right) co_return method;
    }
    co_return std::nullopt;
}

std::optional<auth_method> authenticator::vouches_for_certificates(std::string_view domain,
                                                                   method_set allowed) const {
    if (!has_method(options(domain), auth_method::pki) || !allowed.contains(auth_method::pki))
        return std::nullopt;
    return auth_method::pki;
}

task<result<bool>> authenticator::try_method(auth_method method, std::string local, std::string domain,
                                             std::string password) {
    const auth_options& here = options(domain);
    switch (method) {
        case auth_method::internal:
            return check_stored(std::move(local), std::move(domain), std::move(password));
        case auth_method::anonymous:
            return check_unowned(std::move(local), std::move(domain));
        case auth_method::dummy:
            return pretend_to_check(here.dummy.value_or(dummy_auth_options{}));
        default:
            return refuse();
    }
}

task<result<bool>> authenticator::check_stored(std::string local, std::string domain, std::string password) {
    const password_options& how = options(domain).password;
    const hash_function usual = hash_to_check_with(how);
    const unsigned iterations = how.scram_iterations;
    auto found = co_await accounts_.find(local, domain);
    if (found.has_error() && found.error().code != errc::not_found) co_return found.error();

    const sasl::scram_keys* const stored = found.has_value() ? keys_to_check_with(found->keys) : nullptr;
    sasl::scram_keys against =
        stored != nullptr ? *stored : sasl::simulated_keys(usual, secret_, local, domain, iterations);
    auto work = [against = std::move(against), password = std::move(password)] {
        return sasl::password_matches(against, password);
    };
    const result<bool> matches = co_await passwords_.run(std::move(work), password_patience);
    if (matches.has_error()) co_return matches.error();
    co_return *matches&& stored != nullptr;
}

// Takes any password, but for the names that somebody has an account for.
task<result<bool>> authenticator::check_unowned(std::string local, std::string domain) {
    const auth_options& here = options(domain);
    if (!here.anonymous || here.anonymous->protocol == anonymous_protocol::sasl_anon) co_return false;
    if (!has_method(here, auth_method::internal)) co_return true;
    const result<bool> owned = co_await accounts_.exists(std::move(local), std::move(domain));
    if (owned.has_error()) co_return owned.error();
    co_return !*owned;
}

task<result<bool>> authenticator::pretend_to_check(dummy_auth_options how) {
    pause delay;
    delay.begin(how.base_time + random_part(how.variance));
    const bool over = co_await delay.over();
    if (!over) co_return error(errc::cancelled);
    co_return true;
}

task<result<bool>> authenticator::refuse() { co_return false; }

task<result<std::vector<sasl::scram_keys>>> authenticator::derive_all(std::string password,
                                                                      password_options how) {
    auto work = [password = std::move(password), how = std::move(how)] {
        std::vector<sasl::scram_keys> keys;
        for (const hash_function hash : how.hash) {
            keys.push_back(
                sasl::derive_keys(hash, password, random_bytes(sasl::scram_salt_size), how.scram_iterations));
        }
        return keys;
    };
    return passwords_.run(std::move(work), password_patience);
}

task<result<storage::creation>> authenticator::create_account(std::string local, std::string domain,
                                                              std::string password) {
    const auth_options& here = options(domain);
    if (!has_method(here, auth_method::internal)) co_return error(errc::not_found, "no method with accounts");
    auto prepared = saslprep(password);
    if (!prepared) co_return error(errc::invalid, "password");
    // Asked first, because the keys are dear and whoever registers is not trusted yet.
    const result<bool> exists = co_await accounts_.exists(local, domain);
    if (exists.has_error()) co_return exists.error();
    if (*exists) co_return storage::creation::exists;

    auto keys = co_await derive_all(std::move(*prepared), here.password);
    if (keys.has_error()) co_return keys.error();
    const auto max = here.max_users_per_domain.bound();
    const auto done = co_await accounts_.create(std::move(local), std::move(domain), std::move(*keys), max);
    co_return done;
}

task<result<void>> authenticator::set_password(std::string local, std::string domain, std::string password) {
    auto prepared = saslprep(password);
    if (!prepared) co_return error(errc::invalid, "password");
    const result<bool> exists = co_await accounts_.exists(local, domain);
    if (exists.has_error()) co_return exists.error();
    if (!*exists) co_return error(errc::not_found);

    auto keys = co_await derive_all(std::move(*prepared), options(domain).password);
    if (keys.has_error()) co_return keys.error();
    const auto done = co_await accounts_.set_keys(std::move(local), std::move(domain), std::move(*keys));
    co_return done;
}

task<result<void>> authenticator::remove_account(std::string local, std::string domain) {
    return accounts_.remove(std::move(local), std::move(domain));
}

task<result<bool>> authenticator::user_exists(std::string local, std::string domain) {
    const auth_options& here = options(domain);
    if (has_method(here, auth_method::dummy) || has_method(here, auth_method::pki)) co_return true;
    if (!has_method(here, auth_method::internal)) co_return false;
    // Not const: a const result<bool> would be made anew from its own conversion to bool.
    auto known = co_await accounts_.exists(std::move(local), std::move(domain));
    co_return known;
}

}  // namespace meerkat::auth
