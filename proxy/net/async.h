// The words for asynchronous code: one executor type for the whole project, concrete on purpose
// (any_io_executor costs a virtual call and an allocation per operation, docs/performance.md).
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace sy::net {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;

template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_awaitable{};

}  // namespace sy::net
