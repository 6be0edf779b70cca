#include "xmpp/xml/reader.hpp"

#include "xmpp/xml/element_parser.hpp"
#include "xmpp/xml/namespaces.hpp"
#include "xmpp/xml/scanner.hpp"

namespace meerkat::xml {

namespace {

// For items that are whole in one input, which is nearly all of them.
thread_local open_elements scratch;

}  // namespace

struct reader::state {
    struct torn_item {
        std::string bytes;
        open_elements open;
    };

    state(framing form, const limits& bounds) : scan(form, bounds), streamed(form == framing::stream) {}

    std::optional<read_event> next(std::string_view& input);
    void keep(std::string_view piece);
    read_event open(std::string_view bytes);
    read_event read(std::string_view bytes);
    read_failure fail(parse_failure why);

    scanner scan;
    std::unique_ptr<torn_item> torn;
    // What the header declared where that is unusual.
    std::unique_ptr<std::string> declarations;
    bool before_stream = true;
    bool streamed;
};

reader::reader(framing form, const limits& bounds) : state_(std::make_unique<state>(form, bounds)) {
    static_assert(sizeof(reader) + sizeof(state) <= 96, "this is all that an idle stream costs here");
}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;
reader& reader::operator=(reader&&) noexcept = default;

std::optional<read_event> reader::next(std::string_view& input) {
    while (true) {
        std::optional<read_event> event = state_->next(input);
        // Nothing though bytes are left: an XML declaration was taken.
        if (event || input.empty()) return event;
    }
}

void reader::restart() {
    state_->scan.restart();
    state_->torn.reset();
    state_->declarations.reset();
    state_->before_stream = true;
}

void reader::set_limits(const limits& bounds) { state_->scan.set_limits(bounds); }

std::size_t reader::kept() const { return state_->torn ? state_->torn->bytes.size() : 0; }

std::optional<read_event> reader::state::next(std::string_view& input) {
    if (!torn) scratch.clear();
    const scanner::step step = scan.scan(input, torn ? torn->open : scratch);
    std::string_view item = input.substr(step.start, step.taken - step.start);
    input.remove_prefix(step.taken);
    if (step.what == scanner::outcome::more) {
        if (scan.is_torn()) keep(item);
        return std::nullopt;
    }
    // Released with this call, whatever comes of it.
    const std::unique_ptr<torn_item> whole = std::move(torn);
    if (whole) item = whole->bytes.append(item);
    switch (step.what) {
        case scanner::outcome::declaration: {
            std::optional<parse_failure> why = check_declaration(item);
            if (!why) return std::nullopt;
            return fail(std::move(*why));
        }
        case scanner::outcome::opening:
            return open(item);
        case scanner::outcome::element:
            return read(item);
        case scanner::outcome::closing:
            return stream_closed{};
        default:
            break;
    }
    const scanner::failure why = scan.why();
    return fail({why.what, why.text});
}

void reader::state::keep(std::string_view piece) {
    if (!torn) torn = std::make_unique<torn_item>(torn_item{{}, scratch});
    torn->bytes += piece;
}

read_event reader::state::open(std::string_view bytes) {
    // The second one is against the protocol whatever it says.
    if (!before_stream) return stream_opened{document("stream", ns::stream), true, ns::client};
    parsed_header made = parse_header(bytes);
    if (!made.header) return fail(std::move(made.why));
    before_stream = false;
    if (!made.usual) declarations = std::make_unique<std::string>(std::move(made.declarations));
    return stream_opened{std::move(made.header), made.stream_prefix_declared, made.default_ns};
}

read_event reader::state::read(std::string_view bytes) {
    parsed_element made = declarations ? parse_element(bytes, *declarations) : parse_element(bytes);
    if (!made.element) return fail(std::move(made.why));
    if (!streamed) before_stream = false;
    return element_read{std::move(made.element), bytes.size()};
}

read_failure reader::state::fail(parse_failure why) {
    scan.stop();
    return {why.what, std::move(why.text), before_stream};
}

}  // namespace meerkat::xml
