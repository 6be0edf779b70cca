// The reader gives the same events however its input is cut, and what it reads can be written and read again.

#include "tests/support/fuzz_check.hpp"
#include "tests/support/xml_events.hpp"

using namespace meerkat::xml;

namespace {

std::vector<std::string> read_in_pieces(std::string_view input, framing form, const limits& bounds) {
    reader from(form, bounds);
    std::vector<std::string> events;
    std::uint32_t random = 2166136261U;
    while (!input.empty()) {
        random = (random ^ static_cast<unsigned char>(input.front())) * 16777619U;
        const std::size_t size = std::min<std::size_t>(input.size(), 1 + random % 13);
        read_piece(from, input.substr(0, size), events);
        input.remove_prefix(size);
    }
    return events;
}

// As it stands where jabber:client is in force, which it is in a message.
std::string to_message(const document& tree) {
    std::string out;
    write(out, tree.root(), "jabber:client");
    return out;
}

void check_writing(std::string_view input, framing form, const limits& bounds) {
    reader from(form, bounds);
    while (const std::optional<read_event> event = from.next(input)) {
        const auto* const read = std::get_if<element_read>(&*event);
        if (read == nullptr) continue;
        const std::string written = to_message(read->element);
        std::string_view again = written;
        reader second(framing::message, {.bytes = written.size(), .attributes = 1000});
        const std::optional<read_event> same = second.next(again);
        FUZZ_CHECK(same && std::holds_alternative<element_read>(*same) && again.empty());
        FUZZ_CHECK(to_message(std::get<element_read>(*same).element) == written);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const framing form = (data[0] & 1) != 0 ? framing::message : framing::stream;
    const limits bounds =
        (data[0] & 2) != 0 ? limits{.bytes = 100, .elements = 5, .depth = 3, .attributes = 3} : limits{};
    const std::vector<std::string> whole = read_whole(input, form, bounds);
    FUZZ_CHECK(whole == read_by_byte(input, form, bounds));
    FUZZ_CHECK(whole == read_in_pieces(input, form, bounds));
    check_writing(input, form, bounds);
    return 0;
}
