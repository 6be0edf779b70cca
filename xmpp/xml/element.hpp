#pragma once
// XML as values: elements live in an arena that their document owns, so that a stanza is built, changed and
// dropped without touching the heap once per node. Not a general DOM: XMPP's subset, namespaces resolved, no
// prefixes kept.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace meerkat::xml {

inline constexpr std::string_view xml_ns = "http://www.w3.org/XML/1998/namespace";

// Bump allocator. Its first block is recycled per thread, so that an ordinary stanza costs no heap
// allocation. Everything handed out stays until the arena is destroyed; destroying it on another thread is
// fine.
class arena {
public:
    arena();
    ~arena();
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;

    // Before anything else: makes the first block just this large, for a tree that is to be kept for long.
    void reserve(std::size_t bytes);

    void* allocate(std::size_t size, std::size_t alignment);
    std::string_view copy(std::string_view text);
    // `last`, which this arena copied or appended, with `more` behind it; without copying `last` again while
    // nothing was allocated since and there is room.
    std::string_view append(std::string_view last, std::string_view more);
    std::size_t used() const { return used_; }  // bytes handed out

    template <class T, class... Args>
    T* make(Args&&... args) {
        return ::new (allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    }

private:
    struct block;
    void grow(std::size_t size);

    block* newest_ = nullptr;
    std::byte* at_ = nullptr;
    std::byte* end_ = nullptr;
    std::size_t used_ = 0;
};

// `ns` is empty for an attribute without prefix (Namespaces in XML, 6.2).
struct attribute {
    std::string_view name;
    std::string_view ns;
    std::string_view value;
    attribute* next = nullptr;
};

class element;

// A child: an element, or text (entities resolved) when `child` is null.
struct node {
    element* child = nullptr;
    std::string_view text;
    node* next = nullptr;
};

// Views returned stay valid as long as the document. Setters copy what they are given into the arena.
class element {
public:
    element(arena& memory, std::string_view name, std::string_view ns)
        : arena_(&memory), name_(name), ns_(ns) {}
    element(const element&) = delete;
    element& operator=(const element&) = delete;

    std::string_view name() const { return name_; }
    std::string_view ns() const { return ns_; }
    bool is(std::string_view name, std::string_view ns) const { return name_ == name && ns_ == ns; }

    // Empty when absent; has_attr() tells the two apart. Only attributes without prefix.
    std::string_view attr(std::string_view name) const;
    bool has_attr(std::string_view name) const;
    std::string_view attr(std::string_view name, std::string_view ns) const;
    const attribute* attributes() const { return attributes_; }

    const node* children() const { return first_; }  // see elements below for the child elements
    const element* child(std::string_view name, std::string_view ns) const;
    element* child(std::string_view name, std::string_view ns);
    const element* first_child() const;  // the first child element, whatever its name
    std::size_t child_count() const;     // child elements

    // The direct text, concatenated. Copies into the arena, at each call, when it is in several pieces.
    std::string_view text() const;
    // text() of a child, empty when the child is absent.
    std::string_view child_text(std::string_view name, std::string_view ns) const;

    element& set_attr(std::string_view name, std::string_view value);  // returns *this
    element& set_attr(std::string_view name, std::string_view ns, std::string_view value);
    void remove_attr(std::string_view name);

    element& add(std::string_view name, std::string_view ns);  // appended, returned
    element& add(std::string_view name) { return add(name, ns_); }
    element& add_first(std::string_view name, std::string_view ns);
    element& add_text(std::string_view text);  // returns *this
    element& add_copy(const element& other);   // a deep copy, appended, returned
    void remove(const element& child);
    void remove_children();

    arena& memory() const { return *arena_; }

private:
    friend class tree_builder;
    friend class document;
    attribute* find(std::string_view name, std::string_view ns) const;
    void append(attribute& made);
    node& append_node();
    void take_contents(const element& other);
    std::string_view keep_namespace(std::string_view ns) const;

    arena* arena_;
    std::string_view name_;
    std::string_view ns_;
    attribute* attributes_ = nullptr;
    attribute* last_attribute_ = nullptr;
    node* first_ = nullptr;
    node* last_ = nullptr;
};

// for (const element& item : elements(query)) ...
class elements {
public:
    class iterator {
    public:
        explicit iterator(const node* at) : at_(at) { skip(); }
        const element& operator*() const { return *at_->child; }
        iterator& operator++() {
            at_ = at_->next;
            skip();
            return *this;
        }
        bool operator!=(const iterator& other) const { return at_ != other.at_; }

    private:
        void skip() {
            while (at_ != nullptr && at_->child == nullptr) at_ = at_->next;
        }
        const node* at_;
    };
    explicit elements(const element& parent) : parent_(parent) {}
    iterator begin() const { return iterator(parent_.children()); }
    iterator end() const { return iterator(nullptr); }

private:
    const element& parent_;
};

// A tree with its arena. Move-only; empty after a move.
class document {
public:
    document() = default;
    document(std::string_view root_name, std::string_view root_ns);
    document(std::unique_ptr<arena> memory, std::string_view root_name, std::string_view root_ns);
    document(std::unique_ptr<arena> memory, element& root) : arena_(std::move(memory)), root_(&root) {}
    document(document&& other) noexcept
        : arena_(std::move(other.arena_)), root_(std::exchange(other.root_, nullptr)) {}
    document& operator=(document&& other) noexcept {
        arena_ = std::move(other.arena_);
        root_ = std::exchange(other.root_, nullptr);
        return *this;
    }

    explicit operator bool() const { return root_ != nullptr; }
    element& root() { return *root_; }
    const element& root() const { return *root_; }
    arena& memory() { return *arena_; }
    document copy() const;
    // A copy that takes no more memory than it needs.
    document compact_copy() const;

private:
    std::unique_ptr<arena> arena_;
    element* root_ = nullptr;
};

}  // namespace meerkat::xml
