#pragma once
// What a server says of itself to service discovery (XEP-0030): filled by modules, told by mod_disco.

#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

struct disco_identity {
    std::string category, type, name;
};

struct disco {
    std::vector<disco_identity> server_identities;
    std::vector<std::string> server_features;
    std::vector<disco_identity> account_identities;
    std::vector<std::string> account_features;
};

}  // namespace meerkat
