// One worker, driven by hand on one thread with time that stands still: real loopback sockets,
// whose bytes are there as soon as they were sent, and upstreams that say what the test tells them
// to.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/listener.h"
#include "support/manual_time.h"
#include "worker/worker.h"

namespace sy::testing {

// One end of a connection, never waiting.
class End {
 public:
  explicit End(int fd = -1) : fd_{fd} {
    const int on = 1;  // else bytes wait for the acknowledgement of earlier ones
    if (fd_ >= 0) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  End(End&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  End& operator=(End&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~End() { close(); }
  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  void send(std::string_view text) const {
    std::ignore = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // As much as fits; returns what was taken.
  std::size_t push(std::string_view text) const {
    const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  // Everything that is there now; `closed` is set at the end of the stream or a reset.
  std::string receive() {
    std::string text;
    char piece[65536];
    for (;;) {
      const ssize_t count = ::recv(fd_, piece, sizeof piece, MSG_DONTWAIT);
      if (count > 0) {
        text.append(piece, static_cast<std::size_t>(count));
        continue;
      }
      if (count == 0 || errno != EAGAIN) closed = true;
      return text;
    }
  }
  // At most `most` bytes of what is there.
  std::string receive_some(std::size_t most) {
    std::string text(most, '\0');
    const ssize_t count = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  void half_close() const { ::shutdown(fd_, SHUT_WR); }
  bool closed = false;

 private:
  int fd_;
};

// A listening upstream.
class Origin {
 public:
  Origin() { reopen(); }
  ~Origin() { shut(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  // The next connection waiting, or one that is not connected.
  [[nodiscard]] End accept() const {
    return End{::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  }
  void shut() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reopen() {
    const auto listener = net::listen("127.0.0.1", port_).value();
    fd_ = listener.fd;
    port_ = listener.port;
  }

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

inline constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
inline constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

class SessionWorld {
 public:
  explicit SessionWorld(worker::Options options = {}) { become(std::move(options)); }

  // A worker anew, with other options.
  void become(worker::Options options) {
    worker::Settings settings;
    settings.options = std::move(options);
    settings.options.via = "switchyard-test";
    settings.listen.emplace_back();
    settings.trusted = net::CidrList::parse(settings.options.trusted).value();
    const auto listener = net::listen("127.0.0.1", 0).value();
    port_ = listener.port;
    worker::Setup setup;
    setup.settings = std::make_shared<const worker::Settings>(std::move(settings));
    setup.listeners = {listener};
    setup.seed = 1;
    setup.nudge = [this] { ++nudges; };
    worker = std::make_unique<worker::Worker>(time, nullptr, std::move(setup));
    route();
  }

  // The routing as `weights` says.
  void route(PerColor<int> weights = {split::whole, 0}) {
    split::Routing routing;
    routing.weight = weights;
    routing.live = live;
    routing.deploy = deploy;
    routing.open = open;
    routing.maintenance = maintenance;
    routing.routes = {{"", "/", 0}};
    split::Service service;
    service.name = "web";
    service.health_path = "/healthz";
    service.tunnels = tunnels;
    service.templates = templates;
    service.failure_statuses = failure_statuses;
    service.endpoints.blue = {endpoint(blue, open.blue)};
    service.endpoints.green = {endpoint(green, open.green)};
    routing.services = {service};
    if (beside != nullptr) {
      routing.routes.insert(routing.routes.begin(), {"", "/beside", 1});
      service.name = "web beside";
      service.endpoints.blue = {endpoint(*beside, true)};
      service.endpoints.green.clear();
      routing.services.push_back(service);
    }
    worker->install(std::make_shared<const split::Routing>(std::move(routing)));
  }
  [[nodiscard]] End connect() {
    End end = dial();
    settle();
    return end;
  }
  // Connected, as far as the kernel can, before the worker knows.
  [[nodiscard]] End dial() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::ignore = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    return End{fd};
  }
  // Lets the worker do all it can without time passing.
  void settle() {
    for (int i = 0; i < 20; ++i) worker->poll();
  }
  void advance(Duration by) {
    for (Duration done{}; done < by; done += net::Wheel::tick) {
      time.advance(net::Wheel::tick);
      worker->turn(time.now());
      worker->poll();
    }
    settle();
  }
  // What the client sent reaches an upstream; the connection it came on.
  [[nodiscard]] End upstream(const Origin& origin) {
    settle();
    return origin.accept();
  }
  // One request of this client, answered by blue; the connection it came on, kept alive.
  [[nodiscard]] End exchange(const End& client, std::string_view answer = ok) {
    client.send(get);
    End origin = upstream(blue);
    origin.send(answer);
    settle();
    return origin;
  }
  [[nodiscard]] tally::Summary books(Color color) {
    const auto report = worker->report();
    return report.services.at(0).summary[color];
  }

  ManualTime time;
  Origin blue;
  Origin green;
  const Origin* beside = nullptr;  // of a second service, at /beside
  Color live = Color::blue;
  bool maintenance = false;
  std::string deploy = "d1";
  PerColor<bool> open{true, true};
  std::vector<std::string> templates;
  std::vector<int> failure_statuses{500, 502, 503, 504};
  int nudges = 0;
  End kept;  // a connection a test goes on using
  split::TunnelPolicy tunnels = split::TunnelPolicy::keep;
  std::unique_ptr<worker::Worker> worker;

 private:
  static split::Endpoint endpoint(const Origin& origin, bool open) {
    split::Endpoint endpoint;
    endpoint.url = "http://127.0.0.1:" + std::to_string(origin.port());
    endpoint.address = endpoint.host = "127.0.0.1";
    endpoint.port = origin.port();
    endpoint.open = open;
    return endpoint;
  }
  std::uint16_t port_ = 0;
};

}  // namespace sy::testing
