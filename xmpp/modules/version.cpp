#include "xmpp/modules/version.hpp"

#include "xmpp/xml/namespaces.hpp"

#include <string>
#include <sys/utsname.h>

namespace meerkat {

namespace {

std::string operating_system() {
    utsname facts{};
    if (::uname(&facts) != 0) return "unknown";
    return std::string(facts.sysname) + " " + facts.release;
}

}  // namespace

void mod_version::answer(iq_dispatch& iqs) {
    iqs.on(iq_target::server, ns::version, *this, &mod_version::tell);
}

iq_answer mod_version::tell(iq_call& call) {
    if (call.is_set()) return stanza_error(stanza_condition::not_allowed);
    if (call.payload.name() != "query") return stanza_error(stanza_condition::bad_request);
    xml::element& query = call.result("query", ns::version);
    query.add("name").add_text("Meerkat");
    query.add("version").add_text(version_);
    if (os_info_) query.add("os").add_text(operating_system());
    return iq_done{};
}

}  // namespace meerkat
