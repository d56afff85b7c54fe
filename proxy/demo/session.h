// One client connection of the toy application, and what the connections of one application share.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>

#include "demo/toy_app.h"
#include "net/async.h"

namespace sy::demo {

using Socket = net::asio::basic_stream_socket<net::asio::ip::tcp, net::Executor>;

struct Shared {
  AppOptions options;
  Knobs knobs;
  double error_sum = 0;  // error diffusion: at 0.2 exactly every fifth request fails
  std::uint64_t requests = 0;
  std::list<Socket*> open;                  // connections of the application's own port
  std::function<void(const Knobs&)> apply;  // takes new knobs into effect
};

enum class Port { traffic, knobs };

// Serves until either side closes. `shared` outlives it.
[[nodiscard]] net::Awaitable<> serve(Socket socket, Shared& shared, Port port);

}  // namespace sy::demo
