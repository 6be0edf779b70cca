#pragma once
// Collects one parser's events as a tree. Names are as expat gives them with namespaces: URI, separator,
// local name.

#include "xmpp/xml/element.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace meerkat::xml {

class tree_builder {
public:
    // Stands between URI and local name. No XML document can contain it.
    static constexpr char separator = '\1';

    void begin();
    // From now on elements of one namespace are taken to be of another; constants both.
    void rename(std::string_view from, std::string_view to) {
        renamed_ = from;
        renamed_to_ = to;
    }
    void start(const char* name, const char** attributes);
    void end() { open_.pop_back(); }
    void text(std::string_view piece);

    std::size_t depth() const { return open_.size(); }
    arena& memory() { return *memory_; }
    document take();

private:
    std::string_view keep_namespace(std::string_view ns);

    std::unique_ptr<arena> memory_;
    element* root_ = nullptr;
    std::vector<element*> open_;
    std::string_view renamed_, renamed_to_;
};

}  // namespace meerkat::xml
