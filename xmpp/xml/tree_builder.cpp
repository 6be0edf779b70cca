#include "xmpp/xml/tree_builder.hpp"

#include "xmpp/xml/namespaces.hpp"

namespace meerkat::xml {

namespace {

struct expanded_name {
    std::string_view ns, local;
};

expanded_name expand(std::string_view name) {
    const std::size_t at = name.find(tree_builder::separator);
    if (at == std::string_view::npos) return {{}, name};
    return {name.substr(0, at), name.substr(at + 1)};
}

}  // namespace

void tree_builder::begin() {
    memory_ = std::make_unique<arena>();
    root_ = nullptr;
    open_.clear();
}

// The parent's namespace is the likeliest by far.
std::string_view tree_builder::keep_namespace(std::string_view ns) {
    if (ns.empty()) return {};
    if (!open_.empty() && open_.back()->ns_ == ns) return open_.back()->ns_;
    const std::string_view known = ns::known(ns);
    return known.empty() ? memory_->copy(ns) : known;
}

void tree_builder::start(const char* name, const char** attributes) {
    const expanded_name expanded = expand(name);
    const std::string_view ns = expanded.ns == renamed_ ? renamed_to_ : expanded.ns;
    auto* const made = memory_->make<element>(*memory_, memory_->copy(expanded.local), keep_namespace(ns));
    for (; *attributes != nullptr; attributes += 2) {
        const expanded_name key = expand(attributes[0]);
        auto* const entry = memory_->make<attribute>();
        entry->name = memory_->copy(key.local);
        entry->ns = key.ns == xml_ns ? xml_ns : keep_namespace(key.ns);
        entry->value = memory_->copy(attributes[1]);
        made->append(*entry);
    }
    if (open_.empty())
        root_ = made;
    else
        open_.back()->append_node().child = made;
    open_.push_back(made);
}

void tree_builder::text(std::string_view piece) { open_.back()->add_text(piece); }

document tree_builder::take() { return document(std::move(memory_), *std::exchange(root_, nullptr)); }

}  // namespace meerkat::xml
