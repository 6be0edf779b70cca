#include "gateway/base/turn.hpp"

#include "gateway/base/shard.hpp"

#include <boost/asio/post.hpp>

namespace meerkat {

task<> next_turn() { co_await boost::asio::post(shard::current().context(), use_task); }

}  // namespace meerkat
