#include "xmpp/modules/time.hpp"

#include "xmpp/stanza/timestamp.hpp"
#include "xmpp/xml/namespaces.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace meerkat {

namespace {

// "+02:00"
std::string zone_offset(std::chrono::system_clock::time_point when) {
    const std::time_t as_time = std::chrono::system_clock::to_time_t(when);
    std::tm local{};
    ::localtime_r(&as_time, &local);
    const long minutes = local.tm_gmtoff / 60;
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%c%02ld:%02ld", minutes < 0 ? '-' : '+', std::labs(minutes) / 60,
                  std::labs(minutes) % 60);
    return text.data();
}

}  // namespace

void mod_time::answer(iq_dispatch& iqs) { iqs.on(iq_target::server, ns::time, *this, &mod_time::tell); }

iq_answer mod_time::tell(iq_call& call) {
    if (call.is_set()) return stanza_error(stanza_condition::not_allowed);
    if (call.payload.name() != "time") return stanza_error(stanza_condition::bad_request);
    const auto now = std::chrono::system_clock::now();
    xml::element& time = call.result("time", ns::time);
    time.add("tzo").add_text(zone_offset(now));
    time.add("utc").add_text(utc_timestamp(now));
    return iq_done{};
}

}  // namespace meerkat
