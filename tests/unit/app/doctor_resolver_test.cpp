// The real resolver against a name server of the test's own, on the loopback address.

#include "gateway/doctor/ares_resolver.hpp"
#include "gateway/net/socket_address.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <string_view>
#include <thread>
#include <unistd.h>

using namespace meerkat;
using namespace meerkat::doctor;

namespace {

constexpr int type_a = 1, type_aaaa = 28, type_srv = 33;

std::string word(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }

// RFC 1035, 3.1: each label after its length.
std::string wire_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('.'), name.size());
        wire += static_cast<char>(end);
        wire += name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return wire + '\0';
}

std::string a_record(const char* ip) {
    std::array<char, 4> bytes{};
    ::inet_pton(AF_INET, ip, bytes.data());
    return {bytes.data(), bytes.size()};
}

std::string aaaa_record(const char* ip) {
    std::array<char, 16> bytes{};
    ::inet_pton(AF_INET6, ip, bytes.data());
    return {bytes.data(), bytes.size()};
}

std::string srv_record(unsigned priority, unsigned weight, unsigned port, std::string_view host) {
    return word(priority) + word(weight) + word(port) + wire_name(host);
}

// Answers from a table over UDP; refuses or is silent about names of that kind.
class name_server {
public:
    using key = std::pair<std::string, int>;  // the name as on the wire, and the type

    explicit name_server(std::map<key, std::vector<std::string>> records)
        : records_(std::move(records)), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const auto address = net::make_socket_address("127.0.0.1", 0);
        REQUIRE(::bind(fd_, address->generic(), address->size) == 0);
        REQUIRE(::pipe(stop_.data()) == 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~name_server() {
        ::close(stop_[1]);
        thread_.join();
        ::close(stop_[0]);
        ::close(fd_);
    }
    name_server(const name_server&) = delete;
    name_server& operator=(const name_server&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(net::local_endpoint(fd_).port); }

private:
    void serve() {
        for (;;) {
            std::array<pollfd, 2> waited{{{fd_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
            ::poll(waited.data(), waited.size(), -1);
            if (waited[1].revents != 0) return;
            std::array<char, 512> buffer{};
            net::socket_address peer;
            const ssize_t size = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, peer.generic(), &peer.size);
            if (size < 17) continue;
            const std::string reply = answer_to(std::string(buffer.data(), static_cast<std::size_t>(size)));
            if (!reply.empty()) ::sendto(fd_, reply.data(), reply.size(), 0, peer.generic(), peer.size);
        }
    }

    // RFC 1035, 4.1. Names below "silent" are not answered, those below "broken" with SERVFAIL.
    std::string answer_to(const std::string& query) const {
        constexpr std::size_t header = 12;
        const std::size_t end = query.find('\0', header) + 1;
        const std::string name = query.substr(header, end - header);
        const int type = static_cast<unsigned char>(query[end + 1]);
        const std::string question = query.substr(header, end - header + 4);
        if (name.find("silent") != std::string::npos) return {};
        const std::string id = query.substr(0, 2);
        if (name.find("broken") != std::string::npos)
            return id + "\x81\x82" + word(1) + word(0) + word(0) + word(0) + question;
        const auto found = records_.find({name, type});
        if (found == records_.end()) {
            const bool known = std::any_of(records_.begin(), records_.end(),
                                           [&name](const auto& each) { return each.first.first == name; });
            return id + (known ? "\x81\x80" : "\x81\x83") + word(1) + word(0) + word(0) + word(0) + question;
        }
        std::string reply = id + "\x81\x80" + word(1) + word(static_cast<unsigned>(found->second.size())) +
                            word(0) + word(0) + question;
        for (const std::string& data : found->second)
            reply += word(0xc00c) + word(static_cast<unsigned>(type)) + word(1) + word(0) + word(60) +
                     word(static_cast<unsigned>(data.size())) + data;
        return reply;
    }

    const std::map<key, std::vector<std::string>> records_;
    int fd_;
    std::array<int, 2> stop_{};
    std::thread thread_;
};

auto in(std::chrono::milliseconds patience) { return std::chrono::steady_clock::now() + patience; }

constexpr std::chrono::seconds long_enough{20};

}  // namespace

TEST_CASE("the resolver gives addresses of both kinds, IPv4 first, and services by priority and weight") {
    const name_server server({
        {{wire_name("chat.net"), type_a}, {a_record("192.0.2.8"), a_record("192.0.2.7")}},
        {{wire_name("chat.net"), type_aaaa}, {aaaa_record("2001:db8::7")}},
        {{wire_name("_xmpp-client._tcp.chat.net"), type_srv},
         {srv_record(20, 0, 5222, "last.chat.net"), srv_record(5, 1, 5222, "second.chat.net"),
          srv_record(5, 9, 443, "first.chat.net")}},
        {{wire_name("_xmpps-client._tcp.chat.net"), type_srv}, {srv_record(0, 0, 0, "")}},
    });
    const auto dns = make_ares_resolver(server.address());
    const auto answers = dns->resolve({{record_type::address, "chat.net"},
                                       {record_type::srv, "_xmpp-client._tcp.chat.net"},
                                       {record_type::srv, "_xmpps-client._tcp.chat.net"}},
                                      in(long_enough));
    REQUIRE(answers.size() == 3);
    CHECK(answers[0].what == answer::outcome::found);
    CHECK(answers[0].addresses == std::vector<std::string>{"192.0.2.7", "192.0.2.8", "2001:db8::7"});
    CHECK(answers[1].what == answer::outcome::found);
    CHECK(answers[1].services ==
          std::vector<service>{{"first.chat.net", 443}, {"second.chat.net", 5222}, {"last.chat.net", 5222}});
    CHECK(answers[2].services == std::vector<service>{{".", 0}});
}

TEST_CASE("the resolver tells what is not there from what is not answered") {
    const name_server server({{{wire_name("v6.net"), type_aaaa}, {aaaa_record("2001:db8::1")}}});
    const auto dns = make_ares_resolver(server.address());
    const auto answers = dns->resolve({{record_type::address, "v6.net"},
                                       {record_type::srv, "v6.net"},
                                       {record_type::address, "nowhere.net"},
                                       {record_type::address, "broken.net"}},
                                      in(long_enough));
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].addresses == std::vector<std::string>{"2001:db8::1"});
    CHECK(answers[1].what == answer::outcome::nothing);
    CHECK(answers[2].what == answer::outcome::nothing);
    CHECK(answers[3].what == answer::outcome::unanswered);
    CHECK_FALSE(answers[3].reason.empty());
}

TEST_CASE("the resolver gives up at its deadline and keeps what it has") {
    const name_server server({{{wire_name("chat.net"), type_a}, {a_record("192.0.2.7")}}});
    const auto dns = make_ares_resolver(server.address());
    const auto begin = std::chrono::steady_clock::now();
    const auto answers =
        dns->resolve({{record_type::address, "chat.net"}, {record_type::address, "silent.net"}},
                     in(std::chrono::milliseconds(300)));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].what == answer::outcome::found);
    CHECK(answers[1].what == answer::outcome::unanswered);
    CHECK(answers[1].reason == "no answer in time");
    const auto again = dns->resolve({{record_type::address, "chat.net"}}, in(long_enough));
    CHECK(again[0].what == answer::outcome::found);
}

TEST_CASE("a resolver without usable servers leaves everything unanswered, with the reason") {
    const auto answers =
        make_ares_resolver("no address")
            ->resolve({{record_type::address, "chat.net"}}, in(std::chrono::milliseconds(300)));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].what == answer::outcome::unanswered);
    CHECK_FALSE(answers[0].reason.empty());
}
