#include "gateway/config_commands/show.hpp"

#include "gateway/configuration.hpp"
#include "gateway/core.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>

namespace meerkat::config_commands {

namespace {

void print(const config::diagnostics& findings) {
    for (const config::diagnostic& each : findings) std::cerr << config::render(each) << "\n";
}

std::string source_of(const config::effective_value& value, const std::string& file) {
    std::string source = "default";
    if (value.written) source = file + ':' + std::to_string(value.where.line);
    if (value.state != config::option_state::works) source += ", no effect in this release";
    return source;
}

// A folder of its own, so that looking at a configuration disturbs no server that uses the real one.
class passing_folder {
public:
    passing_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "meerkat-show-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~passing_folder() {
        std::error_code ignored;  // what cannot be removed lies in the system's temporary folder
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    passing_folder(const passing_folder&) = delete;
    passing_folder& operator=(const passing_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

int print_hooks(configuration settings) {
    const passing_folder folder;
    if (folder.path().empty()) {
        std::cerr << "meerkat: no temporary folder can be made\n";
        return 1;
    }
    settings.process.data_dir = folder.path();
    settings.process.shards = 1;
    const auto made = core::make(std::make_shared<const configuration>(std::move(settings)));
    if (made.has_error()) {
        std::cerr << "meerkat: " << made.error().detail << "\n";
        return 1;
    }
    for (const std::string& domain : (*made)->settings()->general.hosts) {
        const host* const at = (*made)->all_homes().at(0).host_of(domain);
        if (!at) continue;
        std::cout << "\n# hooks of " << domain << ", in the order their handlers run\n";
        hooks::each(at->hooks, [](const auto& hook) {
            for (const auto& each : hook.subscriptions())
                std::cout << hook.name() << "  " << to_string(each.when) << "  " << each.subscriber << "\n";
        });
    }
    return 0;
}

}  // namespace

int show(const show_options& how) {
    configuration_reading reading = load_configuration(how.file, how.as);
    print(reading.findings);
    if (!reading.accepted()) return 1;
    const std::string generation = sentence(reading.generation);
    if (!generation.empty()) std::cout << "# " << generation << "\n";
    for (const config::effective_value& each : reading.effective)
        std::cout << config::show(each) << "  # " << source_of(each, how.file.string()) << "\n";
    return how.hooks ? print_hooks(std::move(*reading.value)) : 0;
}

int diff(const std::filesystem::path& before, const std::filesystem::path& after) {
    const configuration_reading first = load_configuration(before);
    const configuration_reading second = load_configuration(after);
    for (const configuration_reading* each : {&first, &second}) {
        if (!each->accepted()) print(each->findings);
    }
    if (!first.accepted() || !second.accepted()) return 1;
    const auto changes = config::differences(first.effective, second.effective);
    for (const config::effective_change& each : changes) {
        if (each.whole_entry) {
            std::cout << (each.after ? "+ " : "- ") << each.path << ", as a whole\n";
        } else {
            if (each.before) std::cout << "- " << config::show(*each.before) << "\n";
            if (each.after) std::cout << "+ " << config::show(*each.after) << "\n";
        }
        std::cout << (!each.has_effect  ? "    no effect\n"
                      : each.reloadable ? "    a reload applies it\n"
                                        : "    needs a restart\n");
    }
    if (changes.empty()) std::cout << "nothing differs\n";
    return changes.empty() ? 0 : 2;
}

}  // namespace meerkat::config_commands
