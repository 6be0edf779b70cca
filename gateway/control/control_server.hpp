#pragma once
// The control socket: a UNIX socket in the data folder, through which the administrator's commands reach the
// running server. Only the user it runs as, and root, get an answer. Commands are registered by name; they
// run on a thread of their own, one at a time.

#include "gateway/base/deadline.hpp"
#include "gateway/base/error.hpp"
#include "gateway/base/event.hpp"
#include "gateway/base/shard.hpp"
#include "gateway/base/task_group.hpp"
#include "gateway/base/worker_pool.hpp"
#include "gateway/net/byte_stream.hpp"
#include "gateway/net/unix_socket.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace meerkat {

class control_server {
public:
    // Answers a request; may block. The answer has "ok", and if that is false, "problems".
    using command = std::function<boost::json::object(const boost::json::object& request)>;

    // Takes the place of a socket nobody answers at: the caller holds the folder. unavailable: why not, in a
    // sentence.
    static result<std::unique_ptr<control_server>> bind(shard& home, const std::filesystem::path& socket);
    ~control_server();
    control_server(const control_server&) = delete;
    control_server& operator=(const control_server&) = delete;

    // Before start().
    void add(std::string name, command does);

    void start();
    // Removes the socket, accepts no more and drops all connections. Any thread but a shard's.
    void stop();
    // Returns when the last command is done. On the home shard, after stop().
    task<> join();

private:
    struct guest;

    control_server(shard& home, net::unix_socket socket);
    static task<> accept_all(control_server* self);
    static task<> serve(control_server* self, std::unique_ptr<guest> peer);
    void admit(int descriptor);
    task<std::string> answer(std::string line);

    shard& home_;
    net::unix_socket socket_;  // its descriptor until start()
    std::map<std::string, command, std::less<>> commands_;
    worker_pool worker_;
    // From here on of the home shard.
    std::unique_ptr<net::byte_stream> door_;
    std::unordered_set<guest*> guests_;
    task_group group_;
    deadline rest_;
    event rested_;
    bool stopping_ = false;
};

}  // namespace meerkat
