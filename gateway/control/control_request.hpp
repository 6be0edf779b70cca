#pragma once
// What goes over the control socket: one JSON object on one line each way.
//     {"command": "reload"}  ->  {"ok": true, ...}  or  {"ok": false, "problems": ["..."]}

#include "gateway/base/error.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meerkat {

struct control_request {
    // Bytes of a line.
    static constexpr std::size_t largest = std::size_t{64} * 1024;

    std::string command;
    boost::json::object content;  // all of it, the command's arguments among them
};

// invalid: the line is no request; the detail is a sentence about it.
result<control_request> parse_control_request(std::string_view line);

// An answer that says no.
boost::json::object control_refusal(const std::vector<std::string>& problems);

// An object as it is sent, with the end of its line.
std::string control_line(const boost::json::object& content);

}  // namespace meerkat
