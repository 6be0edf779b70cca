#include "gateway/doctor/ares_resolver.hpp"

#include <algorithm>
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <array>
#include <netdb.h>
#include <poll.h>
#include <tuple>
#include <utility>

namespace meerkat::doctor {

namespace {

using clock = std::chrono::steady_clock;

constexpr int try_milliseconds = 900;  // the next try takes longer; two fit into three seconds
constexpr int tries = 2;
constexpr int most_addresses = 16;

// One of the requests that a question is made of: A and AAAA for an address.
struct request {
    answer* into = nullptr;
    int type = 0;
    int* pending = nullptr;
};

void keep_addresses(const unsigned char* reply, int size, int type, answer& into) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    int count = most_addresses;
    if (type == ns_t_a) {
        std::array<ares_addrttl, most_addresses> found{};
        if (ares_parse_a_reply(reply, size, nullptr, found.data(), &count) != ARES_SUCCESS) return;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            into.addresses.emplace_back(::inet_ntop(AF_INET, &found[i].ipaddr, text.data(), text.size()));
        return;
    }
    std::array<ares_addr6ttl, most_addresses> found{};
    if (ares_parse_aaaa_reply(reply, size, nullptr, found.data(), &count) != ARES_SUCCESS) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
        into.addresses.emplace_back(::inet_ntop(AF_INET6, &found[i].ip6addr, text.data(), text.size()));
}

void keep_services(const unsigned char* reply, int size, answer& into) {
    ares_srv_reply* first = nullptr;
    if (ares_parse_srv_reply(reply, size, &first) != ARES_SUCCESS) return;
    // The order in which clients try them, made the same for every order of the reply.
    std::vector<std::tuple<int, int, std::string, std::uint16_t>> ordered;
    for (const ares_srv_reply* each = first; each != nullptr; each = each->next)
        ordered.emplace_back(each->priority, -int{each->weight}, *each->host == '\0' ? "." : each->host,
                             each->port);
    ares_free_data(first);
    std::sort(ordered.begin(), ordered.end());
    for (auto& [priority, weight, host, port] : ordered) into.services.push_back({std::move(host), port});
}

// A record of either type makes the answer; one refusal beside it does not unmake it.
void take(request& asked, int status, const unsigned char* reply, int size) {
    answer& into = *asked.into;
    if (status == ARES_SUCCESS) {
        asked.type == ns_t_srv ? keep_services(reply, size, into)
                               : keep_addresses(reply, size, asked.type, into);
    }
    if (!into.addresses.empty() || !into.services.empty()) {
        into.what = answer::outcome::found;
        into.reason.clear();
        return;
    }
    const bool denied = status == ARES_ENODATA || status == ARES_ENOTFOUND || status == ARES_SUCCESS;
    if (denied && into.reason.empty()) {
        into.what = answer::outcome::nothing;
    } else if (!denied) {
        into.what = answer::outcome::unanswered;
        into.reason = status == ARES_ECANCELLED ? "no answer in time" : ares_strerror(status);
    }
}

void on_reply(void* user, int status, int, unsigned char* reply, int size) {
    auto& asked = *static_cast<request*>(user);
    --*asked.pending;
    take(asked, status, reply, size);
}

class library {
public:
    library() : status_(ares_library_init(ARES_LIB_INIT_ALL)) {}
    ~library() {
        if (status_ == ARES_SUCCESS) ares_library_cleanup();
    }
    library(const library&) = delete;
    library& operator=(const library&) = delete;
    int status() const { return status_; }

private:
    int status_;
};

class ares_resolver final : public resolver {
public:
    explicit ares_resolver(const std::string& servers) : status_(library_.status()) {
        if (status_ != ARES_SUCCESS) return;
        ares_options options{};
        options.timeout = try_milliseconds;
        options.tries = tries;
        // Names are asked for as they are: no search list, and neither aliases nor /etc/hosts of this
        // machine.
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
        status_ =
            ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS);
        if (status_ != ARES_SUCCESS) {
            channel_ = nullptr;
        } else if (!servers.empty()) {
            status_ = ares_set_servers_ports_csv(channel_, servers.c_str());
        }
    }
    ~ares_resolver() override {
        if (channel_ != nullptr) ares_destroy(channel_);
    }
    ares_resolver(const ares_resolver&) = delete;
    ares_resolver& operator=(const ares_resolver&) = delete;

    std::vector<answer> resolve(const std::vector<question>& questions, clock::time_point deadline) override {
        std::vector<answer> answers(questions.size());
        if (status_ != ARES_SUCCESS) {
            for (answer& each : answers) each.reason = ares_strerror(status_);
            return answers;
        }
        std::vector<request> requests;
        requests.reserve(2 * questions.size());  // the library keeps pointers to them
        int pending = 0;
        const auto ask = [&](std::size_t i, int type) {
            ++pending;
            request& made = requests.emplace_back(request{&answers[i], type, &pending});
            ares_query(channel_, questions[i].name.c_str(), ns_c_in, type, on_reply, &made);
        };
        for (std::size_t i = 0; i < questions.size(); ++i) {
            if (questions[i].type == record_type::srv) {
                ask(i, ns_t_srv);
                continue;
            }
            ask(i, ns_t_a);
            ask(i, ns_t_aaaa);
        }
        while (pending > 0 && clock::now() < deadline) wait(deadline);
        ares_cancel(channel_);  // calls back for all that is left
        for (answer& each : answers) std::sort(each.addresses.begin(), each.addresses.end(), v4_first);
        return answers;
    }

private:
    static bool v4_first(const std::string& a, const std::string& b) {
        const bool a_is_v6 = a.find(':') != std::string::npos;
        const bool b_is_v6 = b.find(':') != std::string::npos;
        return a_is_v6 != b_is_v6 ? b_is_v6 : a < b;
    }

    // Until something arrives, a try is over, or the deadline is there.
    void wait(clock::time_point deadline) {
        std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
        const auto mask = static_cast<unsigned>(ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM));
        std::vector<pollfd> polled;
        for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
            const bool reads = ARES_GETSOCK_READABLE(mask, i);
            const bool writes = ARES_GETSOCK_WRITABLE(mask, i);
            const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
            if (events != 0) polled.push_back({sockets[i], static_cast<short>(events), 0});
        }
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock::now());
        const long microseconds = std::max<long>(left.count(), 0);
        timeval most{microseconds / 1'000'000, microseconds % 1'000'000};
        timeval of_try{};
        const timeval* chosen = ares_timeout(channel_, &most, &of_try);
        const auto milliseconds = static_cast<int>(chosen->tv_sec * 1000 + chosen->tv_usec / 1000 + 1);
        ::poll(polled.data(), polled.size(), milliseconds);
        for (const pollfd& each : polled) {
            const bool reads = (each.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
            const bool writes = (each.revents & POLLOUT) != 0;
            if (reads || writes)
                ares_process_fd(channel_, reads ? each.fd : ARES_SOCKET_BAD,
                                writes ? each.fd : ARES_SOCKET_BAD);
        }
        ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // tries that are over
    }

    library library_;
    int status_;
    ares_channel channel_ = nullptr;
};

}  // namespace

std::unique_ptr<resolver> make_ares_resolver(const std::string& servers) {
    return std::make_unique<ares_resolver>(servers);
}

}  // namespace meerkat::doctor
