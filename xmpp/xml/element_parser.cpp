#include "xmpp/xml/element_parser.hpp"

#include "gateway/base/encoding.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/tree_builder.hpp"
#include "xmpp/xml/writer.hpp"

#include <expat.h>

#include <cstdlib>
#include <cstring>

namespace meerkat::xml {

namespace {

// expat spells a namespace out for every name that bears it, byte by byte: one long name and many short
// elements would cost seconds of work within one stanza of ordinary size. The longest registered by a XEP has
// fewer than 100 bytes.
constexpr std::size_t longest_namespace = 256;

// expat never forgets a name; a parser that grew by this much, or served this long, is replaced.
constexpr std::size_t most_growth = 262'144;
constexpr std::uint64_t most_elements = 1'000'000;

// expat's memory is counted per thread: its allocator has no room for a context. Each piece keeps its size in
// front.
constinit thread_local std::size_t expat_bytes = 0;
constexpr std::size_t prefix = alignof(std::max_align_t);

void* count_piece(void* piece, std::size_t size) {
    if (piece == nullptr) return nullptr;
    std::memcpy(piece, &size, sizeof size);
    expat_bytes += size;
    return static_cast<std::byte*>(piece) + prefix;
}

void* uncount_piece(void* given) {
    std::size_t size = 0;
    void* const piece = static_cast<std::byte*>(given) - prefix;
    std::memcpy(&size, piece, sizeof size);
    expat_bytes -= size;
    return piece;
}

void* allocate(std::size_t size) { return count_piece(std::malloc(size + prefix), size); }

void release(void* given) {
    if (given != nullptr) std::free(uncount_piece(given));
}

void* reallocate(void* given, std::size_t size) {
    if (given == nullptr) return allocate(size);
    void* const piece = uncount_piece(given);
    std::size_t before = 0;
    std::memcpy(&before, piece, sizeof before);
    void* const moved = std::realloc(piece, size + prefix);
    if (moved == nullptr) expat_bytes += before;
    return count_piece(moved, size);
}

struct parser_deleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using parser_ptr = std::unique_ptr<std::remove_pointer_t<XML_Parser>, parser_deleter>;

// The encoding is fixed, so that no declaration can change it; entities cannot exist without a document
// type, which is refused; the hash salt is expat's own random one.
parser_ptr make_parser() {
    const XML_Memory_Handling_Suite memory{allocate, reallocate, release};
    const char between[] = {tree_builder::separator, '\0'};
    parser_ptr made(XML_ParserCreate_MM("UTF-8", &memory, between));
    if (!made) throw std::bad_alloc();
    return made;
}

parse_failure explain(XML_Parser parser, std::string_view bytes) {
    const XML_Error code = XML_GetErrorCode(parser);
    if (!is_utf8(bytes)) return {violation::bad_format, "invalid UTF-8"};
    switch (code) {
        case XML_ERROR_UNBOUND_PREFIX:
            return {violation::bad_namespace_prefix, "undeclared namespace prefix"};
        case XML_ERROR_UNDEFINED_ENTITY:
            return {violation::restricted_xml, "only predefined entities are allowed"};
        case XML_ERROR_NONE:  // expat is content, but took the bytes for more or less than one element
            return {violation::not_well_formed, "not well-formed"};
        default:
            return {violation::not_well_formed, XML_ErrorString(code)};
    }
}

// A parser whose handlers build trees.
class tree_parser {
public:
    tree_parser() : parser_(make_parser()) { XML_SetUserData(parser_.get(), this); }
    tree_parser(const tree_parser&) = delete;
    tree_parser& operator=(const tree_parser&) = delete;

    // Feeds a root that stays open; handlers see nothing of it.
    bool open_root(std::string_view declarations);
    // A failed parser is of no further use.
    parsed_element parse(std::string_view bytes);
    parsed_wrapper parse_wrapper(std::string_view bytes, std::string_view ns, std::string_view inside);
    parsed_header parse_header(std::string_view bytes);

    bool is_worn() const { return elements_ > most_elements || expat_bytes > fresh_bytes_ + most_growth; }

private:
    void listen();
    void start_wrapped(const char* name, const char** attributes);
    void end_wrapped();
    bool feed(std::string_view bytes);
    // Where the event at hand ends, counted from the parser's first byte.
    std::int64_t event_end() const {
        return XML_GetCurrentByteIndex(parser_.get()) + XML_GetCurrentByteCount(parser_.get());
    }
    static tree_parser& from(void* user) { return *static_cast<tree_parser*>(user); }
    static void on_start(void* user, const char* name, const char** attributes);
    static void on_end(void* user, const char* name);
    static void on_text(void* user, const char* text, int size);
    static void on_declaration(void* user, const char* prefix, const char* uri);
    void refuse(violation what, const char* text);
    void refuse_restricted() { refuse(violation::restricted_xml, "comments and the like are not allowed"); }
    parse_failure why(std::string_view bytes) const {
        return refused_ ? *refused_ : explain(parser_.get(), bytes);
    }

    parser_ptr parser_;
    tree_builder tree_;
    parsed_header* header_ = nullptr;
    struct wrapping {
        parsed_wrapper& made;
        std::string_view ns, inside;
        std::int64_t child_start = 0;
    };
    wrapping* wrapping_ = nullptr;
    std::optional<parse_failure> refused_;
    std::int64_t fed_ = 0;
    std::int64_t complete_at_ = -1;
    std::uint64_t elements_ = 0;
    std::size_t fresh_bytes_ = 0;
    bool stray_ = false;
};

bool tree_parser::open_root(std::string_view declarations) {
    std::string root = "<r";
    root += declarations;
    root += '>';
    const bool good = feed(root);
    listen();
    fresh_bytes_ = expat_bytes;
    return good;
}

void tree_parser::listen() {
    XML_Parser parser = parser_.get();
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartNamespaceDeclHandler(parser, on_declaration);
    // The scanner refuses these; should it ever miss one, the parser does.
    XML_SetCommentHandler(parser, [](void* user, const char*) { from(user).refuse_restricted(); });
    XML_SetProcessingInstructionHandler(
        parser, [](void* user, const char*, const char*) { from(user).refuse_restricted(); });
    XML_SetStartDoctypeDeclHandler(parser, [](void* user, const char*, const char*, const char*, int) {
        from(user).refuse_restricted();
    });
}

void tree_parser::refuse(violation what, const char* text) {
    if (!refused_) refused_ = parse_failure{what, text};  // expat may call once more before it stops
    XML_StopParser(parser_.get(), XML_FALSE);
}

bool tree_parser::feed(std::string_view bytes) {
    constexpr std::size_t largest = 1U << 30;  // XML_Parse counts in int
    do {
        const std::string_view piece = bytes.substr(0, largest);
        if (XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), XML_FALSE) !=
            XML_STATUS_OK)
            return false;
        fed_ += static_cast<std::int64_t>(piece.size());
        bytes.remove_prefix(piece.size());
    } while (!bytes.empty());
    return true;
}

parsed_element tree_parser::parse(std::string_view bytes) {
    tree_.begin();
    complete_at_ = -1;
    ++elements_;
    // The last byte must end the one element: whatever the scanner took it for, expat agrees.
    if (!feed(bytes) || stray_ || tree_.depth() != 0 || complete_at_ != fed_) return {{}, why(bytes)};
    return {tree_.take(), {}};
}

parsed_wrapper tree_parser::parse_wrapper(std::string_view bytes, std::string_view ns,
                                          std::string_view inside) {
    parsed_wrapper made;
    wrapping what{made, ns, inside};
    wrapping_ = &what;
    tree_.begin();
    complete_at_ = -1;
    ++elements_;
    const bool good = feed(bytes) && !stray_ && complete_at_ == fed_;
    wrapping_ = nullptr;
    tree_.rename({}, {});
    if (!good) return {{}, {}, why(bytes)};
    return made;
}

parsed_header tree_parser::parse_header(std::string_view bytes) {
    parsed_header made;
    header_ = &made;
    listen();
    tree_.begin();
    const bool good = feed(bytes) && !stray_ && complete_at_ == fed_;
    header_ = nullptr;
    if (good)
        made.header = tree_.take();
    else
        made.why = why(bytes);
    return made;
}

void tree_parser::on_start(void* user, const char* name, const char** attributes) {
    tree_parser& self = from(user);
    if (self.complete_at_ >= 0) self.stray_ = true;
    if (self.wrapping_ != nullptr && self.tree_.depth() == 0) return self.start_wrapped(name, attributes);
    self.tree_.start(name, attributes);
    if (self.header_ != nullptr) self.complete_at_ = self.event_end();
}

void tree_parser::on_end(void* user, const char*) {
    tree_parser& self = from(user);
    if (self.wrapping_ != nullptr && self.tree_.depth() <= 1) return self.end_wrapped();
    if (self.tree_.depth() == 0) return self.refuse(violation::not_well_formed, "mismatched tag");
    self.tree_.end();
    if (self.tree_.depth() == 0) self.complete_at_ = self.event_end();
}

// The wrapper itself is a tree of one element; each of its children begins a tree anew.
void tree_parser::start_wrapped(const char* name, const char** attributes) {
    parsed_wrapper& made = wrapping_->made;
    if (!made.wrapper) {
        tree_.start(name, attributes);
        tree_.end();
        made.wrapper = tree_.take();
        tree_.rename(wrapping_->ns, wrapping_->inside);
        return;
    }
    wrapping_->child_start = XML_GetCurrentByteIndex(parser_.get());
    tree_.begin();
    tree_.start(name, attributes);
}

void tree_parser::end_wrapped() {
    parsed_wrapper& made = wrapping_->made;
    if (!made.wrapper || complete_at_ >= 0) return refuse(violation::not_well_formed, "mismatched tag");
    if (tree_.depth() == 0) {
        complete_at_ = event_end();
        return;
    }
    tree_.end();
    made.children.push_back({tree_.take(), static_cast<std::size_t>(event_end() - wrapping_->child_start)});
}

void tree_parser::on_text(void* user, const char* text, int size) {
    tree_parser& self = from(user);
    const std::string_view piece(text, static_cast<std::size_t>(size));
    const bool between = self.wrapping_ != nullptr && self.wrapping_->made.wrapper;
    if (self.tree_.depth() != 0)
        self.tree_.text(piece);
    else if (!between || piece.find_first_not_of(" \t\r\n") != std::string_view::npos)
        self.stray_ = true;
}

void tree_parser::on_declaration(void* user, const char* declared, const char* uri) {
    tree_parser& self = from(user);
    const std::string_view value = uri == nullptr ? "" : uri;
    if (value.size() > longest_namespace) return self.refuse(violation::too_big, "namespace name too long");
    if (self.header_ == nullptr) return;
    parsed_header& made = *self.header_;
    made.declarations += declared == nullptr ? " xmlns" : " xmlns:";
    if (declared == nullptr)
        made.default_ns = self.tree_.memory().copy(value);
    else
        made.declarations += declared;
    made.declarations += "='";
    write_escaped_attribute(made.declarations, value);
    made.declarations += '\'';
    if (declared != nullptr && std::string_view(declared) == "stream" && value == ns::stream)
        made.stream_prefix_declared = true;
}

constexpr std::string_view usual_declarations =
    " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";

thread_local std::unique_ptr<tree_parser> usual_parser;

bool is_utf8_name(std::string_view encoding) {
    constexpr std::string_view name = "utf-8";
    return std::equal(encoding.begin(), encoding.end(), name.begin(), name.end(),
                      [](char given, char wanted) { return given == wanted || given == (wanted & ~0x20); });
}

tree_parser& the_usual_parser() {
    if (!usual_parser) {
        usual_parser = std::make_unique<tree_parser>();
        usual_parser->open_root(usual_declarations);
    }
    return *usual_parser;
}

}  // namespace

parsed_element parse_element(std::string_view bytes) {
    parsed_element made = the_usual_parser().parse(bytes);
    if (!made.element || usual_parser->is_worn()) usual_parser.reset();
    return made;
}

parsed_wrapper parse_wrapper(std::string_view bytes, std::string_view ns, std::string_view inside) {
    parsed_wrapper made = the_usual_parser().parse_wrapper(bytes, ns, inside);
    if (!made.wrapper || usual_parser->is_worn()) usual_parser.reset();
    return made;
}

parsed_element parse_element(std::string_view bytes, std::string_view declarations) {
    tree_parser parser;
    if (!parser.open_root(declarations)) return {{}, {violation::not_well_formed, "not well-formed"}};
    return parser.parse(bytes);
}

parsed_header parse_header(std::string_view bytes) {
    tree_parser parser;
    parsed_header made = parser.parse_header(bytes);
    // The order of the two declarations is the sender's choice.
    made.usual = made.stream_prefix_declared && made.default_ns == ns::client &&
                 made.declarations.size() == usual_declarations.size();
    return made;
}

std::optional<parse_failure> check_declaration(std::string_view bytes) {
    struct found {
        bool declared = false;
        bool supported = false;
    } said;
    const parser_ptr parser = make_parser();
    XML_SetUserData(parser.get(), &said);
    XML_SetXmlDeclHandler(parser.get(), [](void* user, const char*, const char* encoding, int) {
        *static_cast<found*>(user) = {true, encoding == nullptr || is_utf8_name(encoding)};
    });
    if (XML_Parse(parser.get(), bytes.data(), static_cast<int>(bytes.size()), XML_FALSE) != XML_STATUS_OK ||
        !said.declared)
        return explain(parser.get(), bytes);
    if (!said.supported) return parse_failure{violation::unsupported_encoding, "only UTF-8 is supported"};
    return std::nullopt;
}

std::size_t parser_memory() { return expat_bytes; }

}  // namespace meerkat::xml
