#include "handlers/static_files/static_options.hpp"

#include "config/table.hpp"

namespace meerkat {

using namespace config;

table<static_options> static_table() {
    using s = static_options;
    table<s> t{
        optional("directory", &s::directory, existing_directory(), "The folder whose files are served."),
        optional("bundle", &s::bundle,
                 one_of<std::string>({{"chat", "chat"}, {"console", "console"}, {"api-docs", "api-docs"}}),
                 "Pages that are part of the program."),
    };
    t.check([](reader& r, const node& section, static_options& s) {
        if (s.directory.empty() == s.bundle.empty())
            r.error(section.where(), "conflicting_options", "exactly one of directory and bundle is needed");
        if (!s.bundle.empty() && s.bundle != "chat")
            r.block(section.where(), "not_supported_yet",
                    "the pages \"" + s.bundle + "\" are not part of this release");
    });
    return t;
}

}  // namespace meerkat
