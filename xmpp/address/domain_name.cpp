#include "xmpp/address/domain_name.hpp"

#include <idna.h>

#include <cstdlib>
#include <memory>

namespace meerkat {

std::optional<std::string> to_ascii_domain(const std::string& prepared) {
    constexpr std::size_t longest = 253;  // RFC 1035, 2.3.4, without the root's length byte
    char* made = nullptr;
    const int outcome = idna_to_ascii_8z(prepared.c_str(), &made, IDNA_ALLOW_UNASSIGNED);
    const std::unique_ptr<char, decltype(&std::free)> owned(made, std::free);
    if (outcome != IDNA_SUCCESS || made == nullptr) return std::nullopt;
    std::string name(made);
    if (name.empty() || name.size() > longest) return std::nullopt;
    return name;
}

}  // namespace meerkat
