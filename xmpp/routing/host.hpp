#pragma once
// What one host type serves on one shard: its hooks, its iq handlers, its modules. Every static domain is a
// host type of its own name; domains added at run time share one.

#include "xmpp/hooks/disco.hpp"
#include "xmpp/hooks/hooks.hpp"
#include "xmpp/routing/iq_dispatch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace meerkat {

// A feature that can be switched on: one XEP, one file. It takes what it needs in its constructor and stays
// until the shard ends.
class module {
public:
    virtual ~module() = default;
    virtual void subscribe(hooks&) {}
    virtual void answer(iq_dispatch&) {}
    virtual void advertise(disco&) {}
};

struct host {
    explicit host(std::string type) : host_type(std::move(type)) {}

    std::string host_type;
    meerkat::hooks hooks;
    iq_dispatch iqs;
    meerkat::disco disco;
    std::vector<std::unique_ptr<module>> modules;
};

}  // namespace meerkat
