// Any line on the control socket: a request or refused with a sentence, and whatever is answered is one line.

#include "gateway/control/control_request.hpp"
#include "tests/support/fuzz_check.hpp"

using namespace meerkat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto request = parse_control_request(line);
    std::string answer;
    if (request.has_error()) {
        FUZZ_CHECK(!request.error().detail.empty());
        answer = control_line(control_refusal({request.error().detail}));
    } else {
        FUZZ_CHECK(request->content.at("command").as_string() == request->command);
        answer = control_line(request->content);
        const auto again = parse_control_request(std::string_view(answer).substr(0, answer.size() - 1));
        FUZZ_CHECK(again.has_value() && again->command == request->command);
    }
    FUZZ_CHECK(answer.find('\n') == answer.size() - 1);
    return 0;
}
