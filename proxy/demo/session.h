// One client connection of the toy application, and what the connections of one application share.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>

#include "demo/faults.h"
#include "demo/toy_app.h"
#include "net/async.h"

namespace sy::demo {

using Socket = net::asio::basic_stream_socket<net::asio::ip::tcp, net::Executor>;

struct Shared {
  AppOptions options;
  Knobs knobs;
  SystemTime time{};
  Faults faults{};
  Counts counts{};
  std::uint64_t requests = 0;
  std::list<Socket*> open;                  // connections of the application's own port
  std::function<void(const Knobs&)> apply;  // takes new knobs into effect
};

enum class Port { traffic, knobs };

// Serves until either side closes. `shared` outlives it.
[[nodiscard]] net::Awaitable<> serve(Socket socket, Shared& shared, Port port);

}  // namespace sy::demo
