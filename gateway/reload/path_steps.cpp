#include "gateway/reload/path_steps.hpp"

#include <deque>
#include <system_error>

namespace meerkat {

namespace {

// As many as the kernel follows.
constexpr int most_links = 40;

}  // namespace

void add_steps(const std::filesystem::path& file, names_by_folder& into) {
    std::error_code failure;
    const std::filesystem::path whole = std::filesystem::absolute(file, failure);
    if (failure) return;
    std::filesystem::path here = "/";
    const std::filesystem::path relative = whole.relative_path();
    std::deque<std::filesystem::path> left(relative.begin(), relative.end());
    int links = 0;
    while (!left.empty()) {
        const std::filesystem::path name = left.front();
        left.pop_front();
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            here = here.parent_path();
            continue;
        }
        const auto kind = std::filesystem::symlink_status(here / name, failure).type();
        if (kind == std::filesystem::file_type::symlink && ++links <= most_links) {
            into[here].insert(name.string());
            const auto target = std::filesystem::read_symlink(here / name, failure);
            if (failure) return;
            if (target.is_absolute()) here = "/";
            const auto steps = target.relative_path();
            left.insert(left.begin(), steps.begin(), steps.end());
            continue;
        }
        if (kind == std::filesystem::file_type::directory) {
            here /= name;
            continue;
        }
        into[here].insert(name.string());
        return;
    }
}

}  // namespace meerkat
