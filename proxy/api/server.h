// The control API's listener and connections. Lives on the control thread's io_context.
#pragma once
#include <memory>

#include "api/routes.h"
#include "net/task_group.h"

namespace sy::api {

// Bounds of the control API; an operator does not set them.
struct Bounds {
  Duration handshake = std::chrono::seconds{10};
  Duration head = std::chrono::seconds{10};       // a request, first byte to last
  Duration idle = std::chrono::seconds{75};       // between requests
  Duration write = std::chrono::seconds{30};      // one response, or one piece of an event stream
  Duration heartbeat = std::chrono::seconds{15};  // of an event stream with nothing to say
  Duration accept_pause = std::chrono::milliseconds{100};  // after accept failed
  std::size_t connections_max = 256;
  std::size_t streams_max = 64;
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 64 * 1024;
};

class Server {
 public:
  // REQUIRES: time and control outlive this. `report` is told, in words, what went wrong.
  Server(net::Executor executor, const TimeSource& time, Control& control, Provided provided,
         Options options, Bounds bounds = {}, net::TaskGroup::Report report = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // REQUIRES: stopped and waited for, or the io_context runs no more.
  ~Server();

  // Binds and begins to accept. An error: not bindable, in use, or certificates that do not load.
  [[nodiscard]] Result<> start();
  [[nodiscard]] std::uint16_t port() const;  // as bound, also when 0 was asked for
  // Tokens and certificates for what comes next; connections stay. A new address or port is an
  // error, and nothing has changed then.
  [[nodiscard]] Result<> reload(Options options);
  // Accepts no more, closes every connection.
  void stop();
  [[nodiscard]] net::Awaitable<> wait();  // completes when the last connection is gone
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sy::api
