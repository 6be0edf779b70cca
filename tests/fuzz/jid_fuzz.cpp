// Whatever is accepted as an address is prepared: it has good parts and is read again as itself.

#include "tests/support/fuzz_check.hpp"
#include "xmpp/address/jid.hpp"
#include "xmpp/xml/element.hpp"

using namespace meerkat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    xml::arena memory;
    const std::optional<jid_view> view = parse_jid(text, memory);
    const std::optional<jid> owned = jid::parse(text);
    FUZZ_CHECK(view.has_value() == owned.has_value());
    if (!owned) return 0;
    FUZZ_CHECK(view->full() == owned->full() && view->bare() == owned->bare());
    for (const std::string_view part : {owned->local(), owned->domain(), owned->resource()})
        FUZZ_CHECK(part.size() <= 1023);
    FUZZ_CHECK(!owned->domain().empty());
    FUZZ_CHECK(jid::parse(owned->full()) == owned);
    FUZZ_CHECK(jid::make(owned->local(), owned->domain(), owned->resource()) == owned);
    return 0;
}
