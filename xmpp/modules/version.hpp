#pragma once
// Software version (XEP-0092).

#include "xmpp/modules/modules_options.hpp"
#include "xmpp/routing/host.hpp"

#include <string_view>

namespace meerkat {

class mod_version final : public module {
public:
    // `version` is static text.
    mod_version(std::string_view version, const mod_version_options& options)
        : version_(version), os_info_(options.os_info) {}

    void answer(iq_dispatch& iqs) override;

private:
    iq_answer tell(iq_call& call);

    const std::string_view version_;
    const bool os_info_;
};

}  // namespace meerkat
