#include "gateway/http/routes.hpp"

#include "gateway/http/syntax.hpp"

#include <algorithm>

namespace meerkat::http {

namespace {

constexpr std::string_view open_end = "[...]";

using bindings = std::vector<std::pair<std::string, std::string>>;

// All variants of a pattern with its optional parts left out or put in; left out comes first.
// False when a bracket has no partner.
bool expand(const std::string& text, std::vector<std::string>& into) {
    std::size_t start = 0;
    while (start < text.size() &&
           (text[start] != '[' || text.compare(start, open_end.size(), open_end) == 0)) {
        if (text[start] == ']') return false;
        start += text[start] == '[' ? open_end.size() : 1;
    }
    if (start == text.size()) {
        into.push_back(text);
        return true;
    }
    std::size_t end = start;
    for (int depth = 0; end < text.size(); ++end) {
        depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
        if (depth == 0) break;
    }
    if (end == text.size()) return false;
    const std::string before = text.substr(0, start);
    const std::string after = text.substr(end + 1);
    return expand(before + after, into) &&
           expand(before + text.substr(start + 1, end - start - 1) + after, into);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::optional<pattern> read_variant(std::string_view text, char separator) {
    const bool of_host = separator == '.';
    pattern made;
    if (of_host ? text.starts_with(open_end) : text.ends_with(open_end)) {
        made.open = true;
        of_host ? text.remove_prefix(open_end.size()) : text.remove_suffix(open_end.size());
    }
    if (text.find('[') != std::string_view::npos) return std::nullopt;
    for (std::string& part : split(text, separator)) {
        if (part == "_") {
            made.segments.push_back({pattern::kind::any, {}});
        } else if (part.starts_with(':')) {
            if (part.size() == 1) return std::nullopt;
            made.segments.push_back({pattern::kind::bound, part.substr(1)});
        } else {
            made.segments.push_back({pattern::kind::literal, of_host ? to_lower(part) : std::move(part)});
        }
    }
    if (of_host) std::ranges::reverse(made.segments);  // hosts are matched from the right
    return made;
}

std::optional<std::vector<pattern>> read_pattern(const std::string& text, char separator) {
    pattern whole;
    whole.everything = text == "_";
    whole.asterisk = separator == '/' && text == "*";
    if (whole.everything || whole.asterisk) return std::vector<pattern>{whole};
    if (text.empty() ||
        (separator == '/' && !text.starts_with('/') && !text.starts_with("[/") && text != open_end))
        return std::nullopt;
    // An IPv6 address has no segments.
    if (separator == '.' && text.starts_with('[') && text.find(':') != std::string::npos &&
        text.ends_with(']') && text.find_first_not_of("0123456789abcdefABCDEF:.[]") == std::string::npos) {
        whole.segments.push_back({pattern::kind::literal, to_lower(text)});
        return std::vector<pattern>{whole};
    }
    std::vector<std::string> variants;
    if (!expand(text, variants)) return std::nullopt;
    std::vector<pattern> made;
    for (const std::string& variant : variants) {
        auto one = read_variant(variant, separator);
        if (!one) return std::nullopt;
        made.push_back(std::move(*one));
    }
    return made;
}

// A name that is bound twice must be bound to the same.
bool bind(bindings& bound, const std::string& name, const std::string& value) {
    for (const auto& [known, held] : bound) {
        if (known == name) return held == value;
    }
    bound.emplace_back(name, value);
    return true;
}

bool matches(const pattern& wanted, std::span<const std::string> segments, bindings& bound) {
    if (wanted.everything) return true;
    if (wanted.asterisk || segments.size() < wanted.segments.size()) return false;
    if (!wanted.open && segments.size() > wanted.segments.size()) return false;
    for (std::size_t i = 0; i < wanted.segments.size(); ++i) {
        const auto& [what, text] = wanted.segments[i];
        if (what == pattern::kind::literal && text != segments[i]) return false;
        if (what == pattern::kind::bound && !bind(bound, text, segments[i])) return false;
    }
    return true;
}

std::string joined(std::span<const std::string> segments) {
    std::string all;
    for (const std::string& segment : segments) {
        if (!all.empty()) all += '/';
        all += segment;
    }
    return all;
}

std::vector<std::string> host_segments(std::string_view host) {
    if (host.starts_with('[')) return {std::string(host)};
    auto segments = split(host, '.');
    std::ranges::reverse(segments);
    return segments;
}

bool all_covered(const std::vector<pattern>& by, const std::vector<pattern>& what) {
    return std::ranges::all_of(what, [&](const pattern& inner) {
        return std::ranges::any_of(by, [&](const pattern& outer) { return outer.covers(inner); });
    });
}

}  // namespace

bool pattern::covers(const pattern& other) const {
    if (everything) return true;
    if (other.everything || asterisk || other.asterisk) return asterisk && other.asterisk;
    if (other.segments.size() < segments.size()) return false;
    if (!open && (other.open || other.segments.size() > segments.size())) return false;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const segment& mine = segments[i];
        if (mine.what == kind::literal &&
            (other.segments[i].what != kind::literal || other.segments[i].text != mine.text))
            return false;
        // A name bound twice narrows the pattern; such patterns are left out of this.
        if (mine.what == kind::bound) {
            if (std::ranges::find(names, mine.text) != names.end()) return false;
            names.push_back(mine.text);
        }
    }
    return true;
}

result<routes> routes::make(std::vector<route> list) {
    routes made;
    made.list_ = std::move(list);
    std::vector<std::string> names;  // of groups_
    std::vector<rule> anywhere;
    for (std::size_t i = 0; i < made.list_.size(); ++i) {
        const route& wanted = made.list_[i];
        const auto hosts = read_pattern(wanted.host, '.');
        const auto paths = read_pattern(wanted.path, '/');
        if (!hosts) return error(errc::invalid, "malformed host pattern: " + wanted.host);
        if (!paths) return error(errc::invalid, "malformed path pattern: " + wanted.path);
        const std::string name = to_lower(wanted.host);
        auto place = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
        if (name != "_" && place == names.size()) {
            names.push_back(name);
            made.groups_.push_back({*hosts, {}});
        }
        auto& rules = name == "_" ? anywhere : made.groups_[place].rules;
        for (const pattern& path : *paths) rules.push_back({path, i});
    }
    for (group& named : made.groups_) named.rules.insert(named.rules.end(), anywhere.begin(), anywhere.end());
    pattern any_host;
    any_host.everything = true;
    made.groups_.push_back({{any_host}, std::move(anywhere)});
    made.look_for_unreachable();
    return made;
}

std::optional<routes::match> routes::find(std::string_view host, std::string_view path,
                                          std::span<const std::string> segments) const {
    const std::vector<std::string> host_parts = host_segments(host);
    for (const group& candidate : groups_) {
        match found;
        const bool host_fits = std::ranges::any_of(candidate.hosts, [&](const pattern& wanted) {
            found.bindings.clear();
            return matches(wanted, host_parts, found.bindings);
        });
        if (!host_fits) continue;
        const auto host_bindings = found.bindings.size();
        for (const rule& r : candidate.rules) {
            found.bindings.resize(host_bindings);
            const bool fits = path == "*" ? r.path.asterisk || r.path.everything
                                          : matches(r.path, segments, found.bindings);
            if (!fits) continue;
            found.handler = list_[r.route].target.get();
            if (r.path.open) found.rest = joined(segments.subspan(r.path.segments.size()));
            if (r.path.everything) found.rest = joined(segments);
            return found;
        }
        return std::nullopt;  // other groups are not tried
    }
    return std::nullopt;
}

void routes::look_for_unreachable() {
    std::vector<bool> reachable(list_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const bool hidden =
            std::any_of(groups_.begin(), groups_.begin() + static_cast<std::ptrdiff_t>(g),
                        [&](const group& earlier) { return all_covered(earlier.hosts, groups_[g].hosts); });
        if (hidden) continue;
        const auto& rules = groups_[g].rules;
        for (std::size_t r = 0; r < rules.size(); ++r) {
            const bool covered =
                std::any_of(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(r),
                            [&](const rule& earlier) { return earlier.path.covers(rules[r].path); });
            if (!covered) reachable[rules[r].route] = true;
        }
    }
    for (std::size_t i = 0; i < list_.size(); ++i) {
        if (!reachable[i])
            warnings_.push_back("no request can reach host " + list_[i].host + " path " + list_[i].path +
                                ": the routes before it take them all");
    }
}

}  // namespace meerkat::http
