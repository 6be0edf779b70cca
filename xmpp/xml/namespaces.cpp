#include "xmpp/xml/namespaces.hpp"

namespace meerkat::ns {

namespace {

// Most frequent first.
constexpr std::string_view all[] = {
    client,
    stream,
    delay,
    ping,
    roster,
    disco_info,
    disco_items,
    stanza_errors,
    framing,
    data_forms,
    sasl,
    sasl2,
    tls,
    bind,
    session,
    stream_errors,
    version,
    time,
    register_iq,
    sasl_cb,
    register_feature,
    server_info,
    roster_versions,
    stream_limits,
    compress,
    compress_feature,
};

}  // namespace

std::string_view known(std::string_view ns) {
    for (const std::string_view each : all)
        if (each == ns) return each;
    return {};
}

}  // namespace meerkat::ns
