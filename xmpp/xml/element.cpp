#include "xmpp/xml/element.hpp"

#include "xmpp/xml/namespaces.hpp"

#include <algorithm>
#include <cstring>

namespace meerkat::xml {

struct arena::block {
    block* older;
    std::size_t size;  // of the whole allocation, this head included
};

namespace {

// Holds the tree of an ordinary stanza (a chat message of 223 bytes takes 1.0 KiB), so that most arenas
// never grow.
constexpr std::size_t first_block_size = 2048;
constexpr std::size_t largest_regular_block = 65'536;
constexpr std::size_t most_spare_blocks = 64;

// Spare first blocks of this thread, linked through their first word. Trivially destructible, so that an
// arena that outlives the thread's other locals may still ask.
constinit thread_local void* spare_blocks = nullptr;
constinit thread_local std::size_t spare_count = 0;
constinit thread_local bool thread_ends = false;

struct spare_blocks_owner {
    ~spare_blocks_owner() {
        thread_ends = true;
        while (spare_blocks != nullptr) {
            void* const next = *static_cast<void**>(spare_blocks);
            ::operator delete(spare_blocks);
            spare_blocks = next;
        }
        spare_count = 0;
    }
    void touch() {}
};
thread_local spare_blocks_owner owner;

void* take_first_block() {
    if (spare_blocks == nullptr) return ::operator new(first_block_size);
    void* const taken = spare_blocks;
    spare_blocks = *static_cast<void**>(taken);
    --spare_count;
    return taken;
}

void give_first_block(void* memory) {
    if (thread_ends || spare_count == most_spare_blocks) {
        ::operator delete(memory);
        return;
    }
    owner.touch();  // registers its destructor with this thread
    *static_cast<void**>(memory) = spare_blocks;
    spare_blocks = memory;
    ++spare_count;
}

}  // namespace

arena::arena() = default;

arena::~arena() {
    while (newest_ != nullptr) {
        block* const gone = newest_;
        newest_ = gone->older;
        if (gone->size == first_block_size)
            give_first_block(gone);
        else
            ::operator delete(gone);
    }
}

void arena::grow(std::size_t size) {
    const std::size_t needed = sizeof(block) + size;
    std::size_t grown = first_block_size;
    if (newest_ != nullptr || needed > first_block_size) {
        const std::size_t twice = newest_ == nullptr ? first_block_size : newest_->size;
        grown = std::max(std::min(twice * 2, largest_regular_block), needed);
    }
    void* const memory = grown == first_block_size ? take_first_block() : ::operator new(grown);
    newest_ = ::new (memory) block{newest_, grown};
    at_ = static_cast<std::byte*>(memory) + sizeof(block);
    end_ = static_cast<std::byte*>(memory) + grown;
}

void arena::reserve(std::size_t bytes) {
    // Never of the recycled size: that block would be given to the thread's spares in the end.
    const std::size_t size = sizeof(block) + bytes + (sizeof(block) + bytes == first_block_size ? 1 : 0);
    void* const memory = ::operator new(size);
    newest_ = ::new (memory) block{newest_, size};
    at_ = static_cast<std::byte*>(memory) + sizeof(block);
    end_ = static_cast<std::byte*>(memory) + size;
}

void* arena::allocate(std::size_t size, std::size_t alignment) {
    const auto padding = [&] { return -reinterpret_cast<std::uintptr_t>(at_) & (alignment - 1); };
    if (newest_ == nullptr || size + padding() > static_cast<std::size_t>(end_ - at_)) grow(size + alignment);
    std::byte* const start = at_ + padding();
    at_ = start + size;
    used_ += size;
    return start;
}

std::string_view arena::copy(std::string_view text) {
    if (text.empty()) return {};
    auto* const to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
}

std::string_view arena::append(std::string_view last, std::string_view more) {
    if (last.empty()) return copy(more);
    if (more.empty()) return last;
    const bool is_last = static_cast<const void*>(last.data() + last.size()) == at_;
    if (is_last && more.size() <= static_cast<std::size_t>(end_ - at_)) {
        std::memcpy(at_, more.data(), more.size());
        at_ += more.size();
        used_ += more.size();
        return {last.data(), last.size() + more.size()};
    }
    // Room for as much again, so that a text arriving in many pieces is not copied once per piece.
    grow(2 * (last.size() + more.size()));
    return append(copy(last), more);
}

std::string_view element::attr(std::string_view name) const { return attr(name, {}); }

std::string_view element::attr(std::string_view name, std::string_view ns) const {
    const attribute* const found = find(name, ns);
    return found == nullptr ? std::string_view() : found->value;
}

bool element::has_attr(std::string_view name) const { return find(name, {}) != nullptr; }

attribute* element::find(std::string_view name, std::string_view ns) const {
    for (attribute* at = attributes_; at != nullptr; at = at->next)
        if (at->name == name && at->ns == ns) return at;
    return nullptr;
}

const element* element::child(std::string_view name, std::string_view ns) const {
    for (const element& at : elements(*this))
        if (at.is(name, ns)) return &at;
    return nullptr;
}

element* element::child(std::string_view name, std::string_view ns) {
    for (node* at = first_; at != nullptr; at = at->next)
        if (at->child != nullptr && at->child->is(name, ns)) return at->child;
    return nullptr;
}

const element* element::first_child() const {
    for (const element& at : elements(*this)) return &at;
    return nullptr;
}

std::size_t element::child_count() const {
    std::size_t count = 0;
    for (const node* at = first_; at != nullptr; at = at->next) count += at->child != nullptr ? 1U : 0U;
    return count;
}

std::string_view element::text() const {
    std::string_view all;
    bool copied = false;
    for (const node* at = first_; at != nullptr; at = at->next) {
        if (at->child != nullptr || at->text.empty()) continue;
        if (all.empty()) {
            all = at->text;
            continue;
        }
        // Only a copy may grow: what stands behind the first piece is somebody else's.
        if (!std::exchange(copied, true)) all = arena_->copy(all);
        all = arena_->append(all, at->text);
    }
    return all;
}

std::string_view element::child_text(std::string_view name, std::string_view ns) const {
    const element* const found = child(name, ns);
    return found == nullptr ? std::string_view() : found->text();
}

element& element::set_attr(std::string_view name, std::string_view value) {
    return set_attr(name, {}, value);
}

element& element::set_attr(std::string_view name, std::string_view ns, std::string_view value) {
    if (attribute* const found = find(name, ns); found != nullptr) {
        found->value = arena_->copy(value);
        return *this;
    }
    auto* const made = arena_->make<attribute>();
    made->name = arena_->copy(name);
    made->ns = keep_namespace(ns);
    made->value = arena_->copy(value);
    append(*made);
    return *this;
}

void element::append(attribute& made) {
    (last_attribute_ == nullptr ? attributes_ : last_attribute_->next) = &made;
    last_attribute_ = &made;
}

void element::remove_attr(std::string_view name) {
    attribute* before = nullptr;
    for (attribute* at = attributes_; at != nullptr; before = at, at = at->next) {
        if (at->name != name || !at->ns.empty()) continue;
        (before == nullptr ? attributes_ : before->next) = at->next;
        if (last_attribute_ == at) last_attribute_ = before;
        return;
    }
}

std::string_view element::keep_namespace(std::string_view ns) const {
    if (ns == ns_) return ns_;
    const std::string_view known = ns::known(ns);
    return known.empty() ? arena_->copy(ns) : known;
}

node& element::append_node() {
    auto* const made = arena_->make<node>();
    (last_ == nullptr ? first_ : last_->next) = made;
    last_ = made;
    return *made;
}

element& element::add(std::string_view name, std::string_view ns) {
    auto* const made = arena_->make<element>(*arena_, arena_->copy(name), keep_namespace(ns));
    append_node().child = made;
    return *made;
}

element& element::add_first(std::string_view name, std::string_view ns) {
    auto* const made = arena_->make<element>(*arena_, arena_->copy(name), keep_namespace(ns));
    auto* const holder = arena_->make<node>();
    holder->child = made;
    holder->next = first_;
    first_ = holder;
    if (last_ == nullptr) last_ = holder;
    return *made;
}

element& element::add_text(std::string_view text) {
    if (text.empty()) return *this;
    if (last_ != nullptr && last_->child == nullptr)
        last_->text = arena_->append(last_->text, text);
    else
        append_node().text = arena_->copy(text);
    return *this;
}

element& element::add_copy(const element& other) {
    // Appended last, so that an element can be copied into itself.
    auto* const made = arena_->make<element>(*arena_, arena_->copy(other.name_), keep_namespace(other.ns_));
    made->take_contents(other);
    append_node().child = made;
    return *made;
}

void element::take_contents(const element& other) {
    for (const attribute* at = other.attributes_; at != nullptr; at = at->next)
        set_attr(at->name, at->ns, at->value);
    for (const node* at = other.first_; at != nullptr; at = at->next) {
        if (at->child != nullptr)
            add_copy(*at->child);
        else
            add_text(at->text);
    }
}

void element::remove(const element& child) {
    node* before = nullptr;
    for (node* at = first_; at != nullptr; before = at, at = at->next) {
        if (at->child != &child) continue;
        (before == nullptr ? first_ : before->next) = at->next;
        if (last_ == at) last_ = before;
        return;
    }
}

void element::remove_children() { first_ = last_ = nullptr; }

document::document(std::string_view root_name, std::string_view root_ns)
    : document(std::make_unique<arena>(), root_name, root_ns) {}

document::document(std::unique_ptr<arena> memory, std::string_view root_name, std::string_view root_ns)
    : arena_(std::move(memory)) {
    const std::string_view known = ns::known(root_ns);
    root_ = arena_->make<element>(*arena_, arena_->copy(root_name),
                                  known.empty() ? arena_->copy(root_ns) : known);
}

document document::copy() const {
    if (root_ == nullptr) return {};
    document made(root_->name(), root_->ns());
    made.root_->take_contents(*root_);
    return made;
}

document document::compact_copy() const {
    if (root_ == nullptr) return {};
    // What the tree needs is known only once it is copied: replaced attributes and removed children stay in
    // an arena.
    constexpr std::size_t alignment_slack = 64;
    auto memory = std::make_unique<arena>();
    const std::size_t used = copy().memory().used();
    memory->reserve(used + used / 8 + alignment_slack);
    document made(std::move(memory), root_->name(), root_->ns());
    made.root_->take_contents(*root_);
    return made;
}

}  // namespace meerkat::xml
