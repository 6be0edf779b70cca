#include "gateway/core.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace meerkat {

namespace {

constexpr std::size_t password_queue = 1024;

unsigned shard_count(const process_options& options) {
    return options.shards.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

db::database_options database_settings(const process_options& options) {
    db::database_options settings;
    settings.file = options.data_dir / "meerkat.db";
    // Few readers that are seldom idle: waking a thread for each look-up costs more than the look-up.
    settings.readers = std::max(1U, std::thread::hardware_concurrency() / 2);
    return settings;
}

std::shared_ptr<const access_rules> make_rules(const configuration& settings) {
    return std::make_shared<const access_rules>(settings.access, settings.general.hosts,
                                                access_by_host(settings));
}

// A part that keeps the whole alive.
template <class Part>
std::shared_ptr<const Part> part_of(const std::shared_ptr<const configuration>& whole, const Part& part) {
    return {whole, &part};
}

auth::auth_settings accounts_settings(const configuration& settings) {
    auth::auth_settings how;
    how.general = settings.auth;
    how.by_domain = auth_by_host(settings);
    return how;
}

}  // namespace

// One server to a folder: two would answer for the same accounts without knowing of each other's sessions.
core::folder_lock::~folder_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool core::folder_lock::take() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

result<core::folder_lock> core::hold(const std::filesystem::path& data_dir) {
    const std::filesystem::path file = data_dir / "lock";
    folder_lock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.open())
        return error(errc::unavailable, "cannot open " + file.string() + ": " + std::strerror(errno));
    if (!lock.take())
        return error(errc::unavailable, "another server uses the folder " + data_dir.string() + " already");
    return lock;
}

// The core knows addresses as text.
class core::limits_port final : public login_limits {
public:
    explicit limits_port(net::address_limits& addresses) : addresses_(addresses) {}
    bool may_log_in(std::string_view ip) const override {
        return addresses_.may_log_in({std::string(ip), 0});
    }
    void login_failed(std::string_view ip) override { addresses_.login_failed({std::string(ip), 0}); }

private:
    net::address_limits& addresses_;
};

result<std::unique_ptr<core>> core::make(const std::shared_ptr<const configuration>& settings) {
    std::error_code failure;
    // What is in it is nobody else's to read. A folder that is there already stays as its owner wants it.
    if (std::filesystem::create_directories(settings->process.data_dir, failure) && !failure)
        std::filesystem::permissions(settings->process.data_dir, std::filesystem::perms::owner_all, failure);
    if (failure)
        return error(errc::unavailable, "cannot make the folder " + settings->process.data_dir.string() +
                                            ": " + failure.message());
    auto held = hold(settings->process.data_dir);
    if (held.has_error()) return held.error();
    auto storage = storage::sqlite_storage::open(database_settings(settings->process));
    if (storage.has_error()) return storage.error();
    std::unique_ptr<core> made(new core(settings, std::move(*storage)));
    made->held_ = std::move(*held);
    return made;
}

core::core(const std::shared_ptr<const configuration>& settings,
           std::unique_ptr<storage::sqlite_storage> storage)
    : started_with_(settings),
      settings_(settings),
      runtime_(shard_count(settings->process)),
      storage_(std::move(storage)),
      passwords_("passwords", std::max(1U, std::thread::hardware_concurrency()), password_queue),
      rules_(make_rules(*settings)),
      general_(part_of(settings, settings->general)),
      addresses_(settings->process.limits.unauthenticated_per_address.value_or(0),
                 settings->process.limits.failed_logins_per_minute.value_or(0)),
      limits_(std::make_unique<limits_port>(addresses_)),
      accounts_(std::make_unique<auth::authenticator>(accounts_settings(*settings), storage_->accounts(),
                                                      passwords_, storage_->secret())),
      registrations_(settings->general.registration_timeout),
      homes_(runtime_),
      services_{homes_, *accounts_, rules_, *limits_, general_, {}} {
    for (unsigned i = 0; i < runtime_.size(); ++i) {
        auto made = std::make_unique<home>(homes_, runtime_.at(i));
        for (const std::string& domain : settings->general.hosts) {
            host& at = made->add_host(domain);
            made->serve_domain(domain, at);
            const host_view own = settings->for_host(domain);
            start_modules({*made, at, settings->general, *own.modules, rules_, *accounts_,
                           storage_->rosters(), registrations_, MEERKAT_VERSION});
        }
        services_.by_shard.push_back(std::make_unique<client_streams>(services_, *made));
        homes_.add(std::move(made));
    }
}

core::~core() {
    // No coroutine runs any more while what it may use is taken down.
    runtime_.stop();
    runtime_.join();
}

void core::use(std::shared_ptr<const configuration> next) {
    rules_.set(make_rules(*next));
    general_.set(part_of(next, next->general));
    const address_limit_options& limits = next->process.limits;
    addresses_.set_limits(limits.unauthenticated_per_address.value_or(0),
                          limits.failed_logins_per_minute.value_or(0));
    registrations_.set_time(next->general.registration_timeout);
    settings_.set(std::move(next));
}

}  // namespace meerkat
