#include "tests/support/memory_stores.hpp"

namespace meerkat::test {

using storage::account;
using storage::creation;
using storage::roster;
using storage::roster_change;
using storage::roster_item;

task<result<void>> memory_roster_store::stand_in_line() {
    if (mode == store_mode::fails) co_return error(errc::unavailable, "the disk is gone");
    if (mode == store_mode::holds) {
        const auto called = std::make_shared<event>();
        waiting_.push_back(called);
        co_await called->wait();
    }
    co_return result<void>();
}

void memory_roster_store::release() {
    const std::shared_ptr<event> first = waiting_.at(0);
    waiting_.erase(waiting_.begin());
    first->notify();
}

task<result<roster>> memory_roster_store::items(jid owner) {
    ++reads;
    const result<void> turn = co_await stand_in_line();
    if (turn.has_error()) co_return turn.error();
    roster found;
    for (const auto& [contact, item] : rosters_[std::string(owner.full())]) found.items.push_back(item);
    found.version = std::to_string(changes_);
    co_return found;
}

task<result<std::optional<roster_item>>> memory_roster_store::item(jid owner, jid contact) {
    const result<void> turn = co_await stand_in_line();
    if (turn.has_error()) co_return turn.error();
    const roster_item* const found = find(owner.full(), contact.full());
    if (found == nullptr) co_return std::nullopt;
    co_return *found;
}

task<result<std::string>> memory_roster_store::apply(jid owner, std::vector<roster_change> changes) {
    const result<void> turn = co_await stand_in_line();
    if (turn.has_error()) co_return turn.error();
    for (const roster_change& change : changes) {
        if (const auto* put = std::get_if<roster_item>(&change)) {
            keep(owner.full(), *put);
        } else {
            rosters_[std::string(owner.full())].erase(std::string(std::get<jid>(change).full()));
        }
    }
    co_return std::to_string(++changes_);
}

task<result<void>> memory_roster_store::remove_all(jid owner) {
    const result<void> turn = co_await stand_in_line();
    if (turn.has_error()) co_return turn.error();
    rosters_.erase(std::string(owner.full()));
    co_return result<void>();
}

void memory_roster_store::keep(std::string_view owner, roster_item item) {
    const std::string contact(item.contact.full());
    rosters_[std::string(owner)].insert_or_assign(contact, std::move(item));
}

const roster_item* memory_roster_store::find(std::string_view owner, std::string_view contact) const {
    const auto of_owner = rosters_.find(std::string(owner));
    if (of_owner == rosters_.end()) return nullptr;
    const auto found = of_owner->second.find(std::string(contact));
    return found == of_owner->second.end() ? nullptr : &found->second;
}

std::size_t memory_roster_store::size_of(std::string_view owner) const {
    const auto found = rosters_.find(std::string(owner));
    return found == rosters_.end() ? 0 : found->second.size();
}

namespace {
std::string bare(const std::string& local, const std::string& domain) { return local + "@" + domain; }
}  // namespace

void memory_account_store::keep(std::string_view name) { accounts_[std::string(name)]; }

task<result<creation>> memory_account_store::create(std::string local, std::string domain,
                                                    std::vector<sasl::scram_keys> keys,
                                                    std::optional<std::size_t> max) {
    if (mode == store_mode::fails) co_return error(errc::unavailable, "the disk is gone");
    if (accounts_.contains(bare(local, domain))) co_return creation::exists;
    if (max && accounts_.size() >= *max) co_return creation::limit_reached;
    accounts_[bare(local, domain)].keys = std::move(keys);
    co_return creation::created;
}

task<result<account>> memory_account_store::find(std::string local, std::string domain) {
    const auto found = accounts_.find(bare(local, domain));
    if (found == accounts_.end()) co_return error(errc::not_found);
    co_return found->second;
}

task<result<std::optional<sasl::scram_keys>>> memory_account_store::find_keys(std::string local,
                                                                              std::string domain,
                                                                              hash_function hash) {
    const auto found = accounts_.find(bare(local, domain));
    if (found == accounts_.end()) co_return std::nullopt;
    for (const sasl::scram_keys& keys : found->second.keys) {
        if (keys.hash == hash) co_return keys;
    }
    co_return std::nullopt;
}

task<result<bool>> memory_account_store::exists(std::string local, std::string domain) {
    if (mode == store_mode::fails) co_return error(errc::unavailable, "the disk is gone");
    co_return accounts_.contains(bare(local, domain));
}

task<result<void>> memory_account_store::set_keys(std::string local, std::string domain,
                                                  std::vector<sasl::scram_keys> keys) {
    const auto found = accounts_.find(bare(local, domain));
    if (found == accounts_.end()) co_return error(errc::not_found);
    found->second.keys = std::move(keys);
    ++changed_keys;
    co_return result<void>();
}

task<result<void>> memory_account_store::remove(std::string local, std::string domain) {
    if (mode == store_mode::fails) co_return error(errc::unavailable, "the disk is gone");
    if (accounts_.erase(bare(local, domain)) == 0) co_return error(errc::not_found);
    co_return result<void>();
}

task<result<std::size_t>> memory_account_store::count(std::string) { co_return accounts_.size(); }

task<result<std::vector<std::string>>> memory_account_store::list(std::string, std::string, std::size_t) {
    co_return error(errc::unavailable, "not kept in memory");
}

}  // namespace meerkat::test
