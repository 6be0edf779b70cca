#pragma once
// The other end of the control socket, for the commands of the program.

#include "gateway/base/error.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>

namespace meerkat {

// Sends one request and waits for its answer; blocks. closed: no server answers there. timed_out and
// unavailable: one does, but not with an answer. The detail is a sentence.
result<boost::json::object> ask_server(const std::filesystem::path& socket,
                                       const boost::json::object& request, std::chrono::seconds patience);

}  // namespace meerkat
