#include "config/generation.hpp"

#include <algorithm>
#include <vector>

namespace meerkat::config {
namespace {

struct use {
    std::string path;
    place where;
    release_range releases;
};

// One key may have been a value in older releases and a table in newer ones.
const option* entry_for(const option_table& options, const member& m) {
    const option* const found = options.find(m.key);
    if (!found || !found->inside || m.value.table() || m.value.array()) return found;
    const auto plain = std::find_if(options.options.begin(), options.options.end(),
                                    [&m](const option& o) { return o.key == m.key && !o.inside; });
    return plain == options.options.end() ? found : &*plain;
}

class uses {
public:
    void table(const option_table& options, const node& from, const std::string& path) {
        if (!from.table()) return;
        for (const member& m : *from.table()) {
            const option* const found = entry_for(options, m);
            if (!found) continue;
            const std::string here = path.empty() ? m.key : path + '.' + m.key;
            all_.push_back({here, m.where, found->releases});
            if (found->inside) section(*found, m.value, here);
        }
    }

    const std::vector<use>& all() const { return all_; }

private:
    void section(const option& o, const node& value, const std::string& path) {
        const bool listed = o.form == option_form::sections;
        if (o.form == option_form::section) {
            table(*o.inside, value, path);
        } else if (listed) {
            items(o, value, path);
        } else if (value.table()) {
            for (const member& m : *value.table()) {
                const std::string here = path + '.' + m.key;
                if (o.form == option_form::named_lists) {
                    items(o, m.value, here);
                } else {
                    table(*o.inside, m.value, here);
                }
            }
        }
    }

    void items(const option& o, const node& value, const std::string& path) {
        if (!value.array()) return;
        for (const node& item : *value.array()) table(*o.inside, item, path);
    }

    std::vector<use> all_;
};

std::string shown(const use& u) {
    return u.path + " (" + to_string(u.releases) + "), line " + std::to_string(u.where.line);
}

}  // namespace

std::string sentence(const generation& g) {
    if (!g.because.empty()) return "read as " + to_string(g.read_as) + " because of " + g.because;
    if (!g.mixed.empty())
        return "read as " + to_string(g.read_as) + ": no release knew all of its keys, " + g.mixed;
    return {};
}

generation detect_generation(const option_table& options, const node& root) {
    uses found;
    found.table(options, root, {});
    const auto rules_out = [&](release r) {
        return std::find_if(found.all().begin(), found.all().end(),
                            [r](const use& u) { return !u.releases.admits(r); });
    };
    generation result;
    const use* newest_refused_by = nullptr;
    const auto& releases = all_releases();
    for (auto r = releases.rbegin(); r != releases.rend() && *r >= releases::first_toml; ++r) {
        const auto against = rules_out(*r);
        if (against == found.all().end()) {
            result.read_as = *r;
            if (newest_refused_by) result.because = shown(*newest_refused_by);
            return result;
        }
        // The last key on the way down is the one that decides.
        if (against->releases.until) newest_refused_by = &*against;
    }
    const auto until =
        std::min_element(found.all().begin(), found.all().end(), [](const use& a, const use& b) {
            return a.releases.until.value_or(releases::newest) < b.releases.until.value_or(releases::newest);
        });
    const auto since =
        std::max_element(found.all().begin(), found.all().end(),
                         [](const use& a, const use& b) { return a.releases.since < b.releases.since; });
    result.mixed = shown(*until) + ", and " + shown(*since);
    return result;
}

}  // namespace meerkat::config
