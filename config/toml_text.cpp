#include "config/toml_text.hpp"

#include "config/toml_layout.hpp"
#include "config/toml_value.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

namespace meerkat::config {
namespace {

// The comments of one statement.
struct attached {
    std::vector<const comment*> above, below;
    const comment* behind = nullptr;
};

class page {
public:
    page(std::vector<toml_statement> statements, const comments& kept)
        : statements_(std::move(statements)), attached_(statements_.size()), kept_(kept) {
        by_place_.resize(statements_.size());
        std::iota(by_place_.begin(), by_place_.end(), std::size_t{0});
        std::erase_if(by_place_, [this](std::size_t i) { return statements_[i].where.line == 0; });
        std::sort(by_place_.begin(), by_place_.end(), [this](std::size_t a, std::size_t b) {
            return std::tie(statements_[a].where, a) < std::tie(statements_[b].where, b);
        });
        for (const comment& each : kept.all) attach(each);
    }

    std::string write() {
        for (std::size_t i = 0; i < statements_.size(); ++i) write(statements_[i], attached_[i]);
        if (!last_.empty()) blank_line();
        write_comments(last_, 0);
        return std::move(out_);
    }

private:
    void attach(const comment& c) {
        const auto at = std::lower_bound(
            by_place_.begin(), by_place_.end(), c.line,
            [this](std::size_t i, std::uint32_t line) { return statements_[i].where.line < line; });
        if (at == by_place_.end()) {
            last_.push_back(&c);
            return;
        }
        attached& to = attached_[*at];
        const bool still_there = statements_[*at].where.line == c.line;
        if (c.stands == comment_stand::below && still_there) {
            to.below.push_back(&c);
        } else if (c.stands == comment_stand::behind && still_there && !to.behind) {
            to.behind = &c;
        } else {
            to.above.push_back(&c);
        }
    }

    void write(const toml_statement& s, const attached& with) {
        const bool after_blank =
            std::binary_search(kept_.after_blank.begin(), kept_.after_blank.end(), s.where.line);
        if (s.header ||
            (!below_header_ && (after_blank || (!with.above.empty() && with.above.front()->after_blank))))
            blank_line();
        write_comments(with.above, s.indent);
        if (!with.above.empty() && with.above.back()->before_blank) blank_line();
        const std::size_t line_start = out_.size();
        out_.append(s.indent, ' ').append(s.text);
        if (with.behind) {
            // In the column where it stood, so that comments below each other stay so.
            const std::size_t used = out_.size() - std::max(line_start, out_.rfind('\n') + 1);
            const std::size_t column = std::min<std::size_t>(with.behind->column, toml_width);
            out_.append(std::max<std::size_t>(column, used + 2) - used, ' ').append(with.behind->text);
        }
        out_ += '\n';
        below_header_ = s.header;
        if (with.below.empty()) return;
        write_comments(with.below, s.header ? s.indent + 2 : s.indent);
        below_header_ = false;
    }

    void write_comments(const std::vector<const comment*>& block, std::size_t indent) {
        for (const comment* each : block) {
            if (each != block.front() && each->after_blank) blank_line();
            out_.append(indent, ' ').append(each->text) += '\n';
        }
    }

    void blank_line() {
        if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    }

    std::vector<toml_statement> statements_;
    std::vector<attached> attached_;
    const comments& kept_;
    std::vector<std::size_t> by_place_;  // of those that have one
    std::vector<const comment*> last_;   // with nothing left to stand at
    std::string out_;
    bool below_header_ = true;  // or at the beginning
};

std::vector<const member*> by_key(const node_table& table) {
    std::vector<const member*> members;
    for (const member& m : table) members.push_back(&m);
    std::sort(members.begin(), members.end(),
              [](const member* a, const member* b) { return a->key < b->key; });
    return members;
}

bool same_tables(const node_table& a, const node_table& b) {
    const auto ours = by_key(a);
    const auto theirs = by_key(b);
    return std::equal(
        ours.begin(), ours.end(), theirs.begin(), theirs.end(),
        [](const member* x, const member* y) { return x->key == y->key && same_values(x->value, y->value); });
}

}  // namespace

std::string write_toml(const node& root, const comments& kept) {
    return page(lay_out_toml(root), kept).write();
}

bool same_values(const node& a, const node& b) {
    if (a.table()) return b.table() && same_tables(*a.table(), *b.table());
    if (const node_array* items = a.array()) {
        return b.array() &&
               std::equal(items->begin(), items->end(), b.array()->begin(), b.array()->end(), &same_values);
    }
    // What is no number (nan) equals itself here.
    if (const double* v = a.number())
        return b.number() && (*v == *b.number() || (std::isnan(*v) && std::isnan(*b.number())));
    if (const auto* v = a.boolean()) return b.boolean() && *v == *b.boolean();
    if (const auto* v = a.integer()) return b.integer() && *v == *b.integer();
    return b.text() && *a.text() == *b.text();
}

}  // namespace meerkat::config
