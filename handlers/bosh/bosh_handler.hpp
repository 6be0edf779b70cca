#pragma once
// BOSH as an HTTP handler: what is no request of a session is answered here, the others are handed to
// their session, on whichever shard that is, and wait for its answer.

#include "gateway/base/preparation.hpp"
#include "gateway/base/swapped.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/net/address_limits.hpp"
#include "handlers/bosh/bosh_options.hpp"
#include "handlers/bosh/bosh_service.hpp"
#include "xmpp/stream/client_streams.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meerkat {

class bosh_handler final : public http::handler {
public:
    // Where the streams of a shard go.
    using streams_of = std::function<client_streams&(unsigned shard)>;

    bosh_handler(const bosh_options& options, bosh_service& service, std::uint64_t shaper_rate,
                 net::address_limits& addresses, streams_of streams);

    // Readies what a reload changes: the rate of all sessions, and for new ones what they are held to.
    void prepare(const bosh_options& next, std::uint64_t shaper_rate, preparation& change);

    std::size_t body_limit() const override { return body_limit_; }
    task<http::response> handle_late(http::request& asked, http::client_line& client) override;
    http::response refusal(unsigned status) const override;

private:
    // Nothing: `waiting` will be answered. Else the terminal condition.
    std::optional<std::string_view> create(const http::request& asked, const bosh::session_name& name,
                                           std::shared_ptr<bosh::waiting_request> waiting);
    bool serves(const std::string& domain, const bosh_service_options& options) const;
    void hand_over(const bosh::session_name& name, std::string body,
                   std::shared_ptr<bosh::waiting_request> waiting);
    void watch(http::client_line& client, const bosh::session_name& name,
               const std::shared_ptr<bosh::waiting_request>& waiting);
    bosh::sessions& sessions_here();

    bosh_service& service_;
    std::shared_ptr<std::atomic<std::uint64_t>> rate_;
    swapped<stream_profile> profile_;
    std::atomic<std::size_t> body_limit_;
    net::address_limits& addresses_;
    streams_of streams_;
};

}  // namespace meerkat
