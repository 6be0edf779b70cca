#pragma once
// Everything between the listeners and the disk, made from a configuration in construction order: shards,
// storage, accounts, homes with their modules, client streams.

#include "gateway/base/metrics.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/base/worker_pool.hpp"
#include "gateway/configuration.hpp"
#include "gateway/net/address_limits.hpp"
#include "xmpp/access/access_rules.hpp"
#include "xmpp/auth/authenticator.hpp"
#include "xmpp/modules/module_registry.hpp"
#include "xmpp/modules/register/registration_limit.hpp"
#include "xmpp/ports.hpp"
#include "xmpp/routing/home.hpp"
#include "xmpp/storage/sqlite_storage.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace meerkat {

class core {
public:
    // Opens the database, which may block. unavailable: what is wrong, in a sentence.
    static result<std::unique_ptr<core>> make(const std::shared_ptr<const configuration>& settings);
    ~core();
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    runtime& shards() { return runtime_; }
    storage::sqlite_storage& storage() { return *storage_; }
    auth::authenticator& accounts() { return *accounts_; }
    homes& all_homes() { return homes_; }
    client_streams& streams(unsigned shard) { return *services_.by_shard[shard]; }
    net::address_limits& addresses() { return addresses_; }
    metrics::registry& metrics() { return metrics_; }
    std::shared_ptr<const configuration> settings() const { return settings_.get(); }
    // What the present settings say is done from now on. The caller has seen to it that they differ only in
    // what can be changed while running. Any thread.
    void use(std::shared_ptr<const configuration> next);

private:
    class limits_port;

    // Held as long as the process lives, however it ends.
    class folder_lock {
    public:
        folder_lock() = default;
        explicit folder_lock(int descriptor) : descriptor_(descriptor) {}
        folder_lock(folder_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
        folder_lock& operator=(folder_lock&& other) noexcept {
            std::swap(descriptor_, other.descriptor_);
            return *this;
        }
        ~folder_lock();

        bool open() const { return descriptor_ >= 0; }
        bool take() const;

    private:
        int descriptor_ = -1;
    };
    static result<folder_lock> hold(const std::filesystem::path& data_dir);

    core(const std::shared_ptr<const configuration>& settings,
         std::unique_ptr<storage::sqlite_storage> storage);

    metrics::registry metrics_;  // first: parts of everything else are shown in it
    folder_lock held_;
    const std::shared_ptr<const configuration> started_with_;  // modules may refer to it
    swapped<configuration> settings_;
    runtime runtime_;  // before what answers to its shards from other threads, so that it outlives that
    std::unique_ptr<storage::sqlite_storage> storage_;
    worker_pool passwords_;
    swapped<access_rules> rules_;
    swapped<general_options> general_;
    net::address_limits addresses_;
    std::unique_ptr<limits_port> limits_;
    std::unique_ptr<auth::authenticator> accounts_;
    registration_limit registrations_;
    homes homes_;
    stream_services services_;
};

}  // namespace meerkat
