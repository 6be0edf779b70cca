#include "xmpp/storage/roster_store.hpp"

namespace meerkat::storage {

task<result<std::string>> roster_store::put(jid owner, roster_item item) {
    std::vector<roster_change> changes;
    changes.emplace_back(std::move(item));
    return apply(std::move(owner), std::move(changes));
}

task<result<std::string>> roster_store::remove(jid owner, jid contact) {
    std::vector<roster_change> changes;
    changes.emplace_back(std::move(contact));
    return apply(std::move(owner), std::move(changes));
}

}  // namespace meerkat::storage
