#include "config/reader.hpp"

#include "config/suggestion.hpp"

#include <algorithm>
#include <array>

namespace meerkat::config {
namespace {

std::string quoted_list(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "\"" : ", \"") + word + '"';
    return list;
}

// Keys come from the file: cut and cleaned as values are, in quotes.
std::string shown_key(std::string_view key) {
    const std::string described = node(std::string(key), {}).describe(false);
    constexpr std::string_view lead = "the string ";
    return described.substr(lead.size());
}

}  // namespace

const option* option_table::find(std::string_view key) const {
    const auto at =
        std::find_if(options.begin(), options.end(), [key](const option& o) { return o.key == key; });
    return at == options.end() ? nullptr : &*at;
}

reader::step::step(reader& r, std::string_view key)
    : reader_(r), size_before_(r.path_.size()), exact_before_(r.exact_path_.size()) {
    const std::string shown = shown_key(key);
    for (std::string* path : {&r.path_, &r.exact_path_}) {
        if (!path->empty()) *path += '.';
        path->append(shown, 1, shown.size() - 2);
    }
}

reader::step::~step() {
    reader_.path_.resize(size_before_);
    reader_.exact_path_.resize(exact_before_);
}

reader::entry::entry(reader& r, const node& table, std::size_t position, names& taken)
    : reader_(r), exact_before_(r.exact_path_.size()) {
    const node* const identity = table.find(r.context_.identity);
    std::string name = std::to_string(position);
    if (identity && identity->integer()) name = std::to_string(*identity->integer());
    if (identity && identity->text()) name = *identity->text();
    // Listeners may share a port, on different addresses; their values must not be taken for each other's.
    const std::size_t earlier = taken[name]++;
    r.exact_path_ += '[' + name + (earlier == 0 ? "" : " #" + std::to_string(earlier + 1)) + ']';
}

reader::entry::~entry() { reader_.exact_path_.resize(exact_before_); }

void reader::note(std::string value) {
    if (!values_) return;
    values_->push_back({.path = exact_path_,
                        .value = std::move(value),
                        .where = context_.where,
                        .written = context_.where != place{},
                        .secret = context_.secret || holds_secret(),
                        .reloadable = context_.reloadable,
                        .state = context_.state,
                        .served_anyway = context_.served_anyway});
}

void reader::note_defaults(const option_table& options, const node& table) {
    if (!values_) return;
    const context outer = context_;
    for (const option& o : options.options) {
        if (o.older || table.find(o.key)) continue;
        const bool defaults_inside = o.form == option_form::section && o.implied;
        if (o.state != option_state::works || (o.fallback.empty() && !defaults_inside)) continue;
        const step here(*this, o.key);
        context_.reloadable = outer.reloadable || o.reloadable;
        context_.secret = o.is_secret;
        context_.served_anyway = outer.served_anyway || o.served_anyway;
        context_.where = {};
        if (defaults_inside) {
            note_defaults(*o.inside, node());
        } else {
            note(o.fallback);
        }
        context_ = outer;
    }
}

void reader::read(const option_table& options, const node& table, void* target) {
    if (!table.table()) {
        const bool doubled = table.array() != nullptr;
        wrong_type(table, "a table", doubled ? "write [" + path_ + "] with single brackets" : std::string());
        return;
    }
    const std::size_t errors_before = seen_.errors;
    open_tables_.push_back(&options);
    open_paths_.push_back(path_);
    for (const auto& begin : options.beginnings) begin(table, target);
    for (const member& m : *table.table()) read_member(options, m, target);
    missing_keys(options, table);
    note_defaults(options, table);
    // A check relates options to each other: it needs all of them right.
    if (seen_.errors == errors_before) {
        for (const auto& check : options.checks) check(*this, table, target);
    }
    open_tables_.pop_back();
    open_paths_.pop_back();
}

void reader::read_member(const option_table& options, const member& m, void* target) {
    const option* found = options.find(m.key);
    if (!found) {
        unknown_key(options, m);
        return;
    }
    const step here(*this, m.key);
    if (!found->read) {
        error(m.where, "unexpected_key", "this older spelling has no meaning here");
        return;
    }
    const context outer = context_;
    context_.reloadable = outer.reloadable || found->reloadable;
    context_.secret = found->is_secret;
    context_.served_anyway = outer.served_anyway || found->served_anyway;
    if (context_.state == option_state::works) context_.state = found->state;
    context_.identity = found->identity;
    context_.where = m.value.where() == place{} ? m.where : m.value.where();
    const std::size_t values_before = values_ ? values_->size() : 0;
    found->read(*this, m, target);
    // Of a section with no values, such as [auth.internal], its being there is what counts.
    const bool switches_on = found->form == option_form::section && !found->implied;
    if (switches_on && values_ && values_->size() == values_before) note("{}");
    context_ = outer;
}

void reader::unknown_key(const option_table& options, const member& m) {
    if (const auto known = options.strangers.find(m.key); known != options.strangers.end()) {
        const step here(*this, m.key);
        error(m.where, known->second.reason, known->second.text, known->second.hint);
        return;
    }
    std::vector<std::string> known;
    for (const option& o : options.options) {
        if (!o.older) known.push_back(o.key);
    }
    std::string hint = suggestion(m.key, known);
    // The usual slip: a key written below the header of a sub-table, meant for the table above.
    for (std::size_t i = open_tables_.size(); i-- > 1 && hint.empty();) {
        if (!open_tables_[i - 1]->find(m.key)) continue;
        const std::string above = open_paths_[i - 1].empty() ? "the file itself" : open_paths_[i - 1];
        hint = "\"" + m.key + "\" belongs to " + above +
               ", but a key belongs to the nearest [header] above it: move it up";
    }
    if (hint.empty() && known.empty()) hint = "there are no options here";
    if (hint.empty() && known.size() <= 24) {
        std::sort(known.begin(), known.end());
        hint = "allowed here: " + quoted_list(known);
    }
    error(m.where, options.unknown_reason, "unknown key " + shown_key(m.key), std::move(hint));
}

void reader::missing_keys(const option_table& options, const node& table) {
    std::vector<std::string> missing;
    for (const option& o : options.options) {
        if (!o.required || (o.needless && o.needless(table))) continue;
        if (!table.find(o.key)) missing.push_back(o.key);
    }
    if (missing.empty()) return;
    error(
        table.where(), "missing_mandatory_keys",
        (missing.size() == 1 ? "missing mandatory key " : "missing mandatory keys ") + quoted_list(missing));
}

bool reader::holds_secret() const {
    if (context_.secret) return true;
    constexpr std::array<std::string_view, 6> secrets = {"password",   "secret",  "token",
                                                         "basic_auth", "api_key", "shared"};
    const std::string_view path = path_;
    const std::size_t last_dot = path.rfind('.');
    const std::string_view key = last_dot == std::string_view::npos ? path : path.substr(last_dot + 1);
    return std::find(secrets.begin(), secrets.end(), key) != secrets.end();
}

void reader::add(severity level, place where, std::string_view reason, std::string text, std::string hint) {
    // A file that is wrong everywhere is not described in more text than it has itself.
    constexpr std::size_t most_of_a_kind = 500;
    std::size_t& so_far = level == severity::error      ? seen_.errors
                          : level == severity::blocking ? seen_.blocking
                                                        : seen_.warnings;
    if (so_far++ >= most_of_a_kind) return;
    findings_.push_back({.level = level,
                         .file = file_,
                         .where = where,
                         .path = path_,
                         .reason = std::string(reason),
                         .text = std::move(text),
                         .hint = std::move(hint)});
}

void reader::error(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::error, where, reason, std::move(text), std::move(hint));
}

void reader::warn(place where, std::string_view reason, std::string text, std::string hint) {
    add(severity::warning, where, reason, std::move(text), std::move(hint));
}

void reader::block(place where, std::string_view reason, std::string text, std::string hint) {
    if (idle_ > 0) return;  // what is said of the section says it
    add(severity::blocking, where, reason, std::move(text), std::move(hint));
}

void reader::used_without_effect(place where, without consequence) {
    if (idle_ > 0) return;
    if (consequence == without::blocks) {
        block(where, "not_supported_yet", "this release cannot do this yet, and does not serve without it",
              "remove it to serve without it");
    } else {
        warn(where, "not_supported_yet", "this has no effect in this release");
    }
}

void reader::without_purpose(place where) {
    if (idle_ > 0) return;
    warn(where, "no_effect", "this has no effect in this server", "remove it");
}

void reader::wrong_type(const node& found, const std::string& expected, std::string hint) {
    refuse(found, "wrong_type", expected, std::move(hint));
}

void reader::out_of_range(const node& found, const std::string& expected, std::string hint) {
    refuse(found, "out_of_range", expected, std::move(hint));
}

void reader::refuse(const node& found, std::string_view reason, const std::string& expected,
                    std::string hint) {
    error(found.where(), reason, "found " + found.describe(holds_secret()) + ", expected " + expected,
          std::move(hint));
}

diagnostics reader::take_findings() {
    std::sort(findings_.begin(), findings_.end(), comes_before);
    return std::move(findings_);
}

}  // namespace meerkat::config
