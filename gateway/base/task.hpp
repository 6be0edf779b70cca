#pragma once
// The coroutine type of the whole tree, and nothing of Asio beyond what it needs: sessions, modules and
// handlers include this instead of sockets and timers.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace meerkat {

// One shard's executor. Concrete, not type-erased: every resumption of a session passes through it.
using executor = boost::asio::io_context::executor_type;

template <class T = void>
using task = boost::asio::awaitable<T, executor>;

inline constexpr boost::asio::use_awaitable_t<executor> use_task{};

}  // namespace meerkat
