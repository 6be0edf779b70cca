#include "gateway/control/control_request.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace meerkat {

namespace json = boost::json;

result<control_request> parse_control_request(std::string_view line) {
    json::error_code failure;
    json::parse_options how;
    how.max_depth = 8;
    json::value parsed = json::parse(line, failure, {}, how);
    if (failure) return error(errc::invalid, "a request is a JSON object on one line: " + failure.message());
    json::object* const content = parsed.if_object();
    if (content == nullptr) return error(errc::invalid, "a request is a JSON object, not any other value");
    const json::value* const name = content->if_contains("command");
    if (name == nullptr || !name->is_string())
        return error(errc::invalid, "a request names what to do as the string \"command\"");
    control_request request;
    request.command = std::string(name->get_string());
    request.content = std::move(*content);
    return request;
}

json::object control_refusal(const std::vector<std::string>& problems) {
    json::object answer;
    answer["ok"] = false;
    answer["problems"] = json::array(problems.begin(), problems.end());
    return answer;
}

// Line ends inside strings are escaped by the serializer.
std::string control_line(const json::object& content) { return json::serialize(content) + '\n'; }

}  // namespace meerkat
