#include "config/catalogue.hpp"

#include <algorithm>

namespace meerkat::config {
namespace {

std::string path_of(const std::string& parent, const option& o) {
    std::string path = parent.empty() ? o.key : parent + '.' + o.key;
    if (o.form == option_form::sections) path += "[]";
    if (o.form == option_form::named_sections) path += ".<name>";
    if (o.form == option_form::named_lists) path += ".<name>[]";
    return path;
}

void list(const option_table& table, const listed_option& around, std::vector<listed_option>& into) {
    for (const option& o : table.options) {
        const listed_option each{path_of(around.path, o),
                                 &o,
                                 std::max(around.state, o.state),
                                 around.reloadable || o.reloadable,
                                 around.host_scope || o.host_scope,
                                 around.served_anyway || o.served_anyway,
                                 around.older || o.older};
        into.push_back(each);
        if (o.inside) list(*o.inside, each, into);
    }
}

}  // namespace

std::vector<listed_option> list_options(const option_table& root) {
    std::vector<listed_option> all;
    list(root,
         {.path = {},
          .entry = nullptr,
          .state = option_state::works,
          .reloadable = false,
          .host_scope = false,
          .served_anyway = false,
          .older = false},
         all);
    return all;
}

}  // namespace meerkat::config
