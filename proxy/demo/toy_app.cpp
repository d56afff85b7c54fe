#include "demo/toy_app.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "demo/session.h"
#include "net/task_group.h"

namespace sy::demo {

namespace asio = boost::asio;
using asio::ip::tcp;
using net::Awaitable;
using net::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, net::Executor>;

struct ToyApp::Inner {
  explicit Inner(AppOptions options)
      : shared{.options = options, .knobs = options.knobs, .open = {}, .apply = {}} {
    shared.counts.turned = shared.time.now();
    shared.apply = [this](const Knobs& next) { apply(next); };
    address = asio::ip::make_address_v4(options.address);
    listen(traffic_listener, {address, options.port}, Port::traffic);
    port = traffic_listener->local_endpoint().port();
    listen(knobs_listener, {asio::ip::address_v4::loopback(), options.knobs_port}, Port::knobs);
    knobs_port = knobs_listener->local_endpoint().port();
    if (shared.knobs.crashed) crash();
    thread = std::thread{[this] { io.run(); }};
  }
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;
  // Runs `what` on the application's thread and gives back what it returns.
  template <class What>
  auto run(What what) {
    std::packaged_task<std::invoke_result_t<What>()> task{std::move(what)};
    auto answer = task.get_future();
    asio::post(io, std::move(task));
    return answer.get();
  }

  ~Inner() {
    run([this] {
      crash();
      knobs_listener.reset();
      tasks.stop();
    });
    thread.join();
  }

  void listen(std::optional<Acceptor>& acceptor, const tcp::endpoint& endpoint, Port kind) {
    acceptor.emplace(io.get_executor());
    acceptor->open(endpoint.protocol());
    acceptor->set_option(asio::socket_base::reuse_address{true});
    acceptor->bind(endpoint);
    acceptor->listen();
    tasks.spawn(accept(*acceptor, kind));
  }

  Awaitable<> accept(Acceptor& acceptor, Port kind) {
    for (;;) {
      error_code error;
      Socket socket =
          co_await acceptor.async_accept(asio::redirect_error(net::use_awaitable, error));
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        co_return;
      if (error) continue;
      socket.set_option(tcp::no_delay{true}, error);
      tasks.spawn(serve(std::move(socket), shared, kind));
    }
  }

  void apply(const Knobs& next) {
    const bool was_crashed = std::exchange(shared.knobs, next).crashed;
    shared.counts = Counts{.turned = shared.time.now()};
    if (next.crashed && !was_crashed) crash();
    if (!next.crashed && was_crashed) listen(traffic_listener, {address, port}, Port::traffic);
  }

  void crash() {
    if (traffic_listener) traffic_listener->close();
    error_code ignored;
    for (Socket* socket : shared.open) {
      socket->set_option(asio::socket_base::linger{true, 0}, ignored);
      socket->close(ignored);
    }
  }

  asio::io_context io{1};
  Shared shared;
  asio::ip::address_v4 address;
  std::uint16_t port = 0;
  std::uint16_t knobs_port = 0;
  std::optional<Acceptor> traffic_listener;
  std::optional<Acceptor> knobs_listener;
  net::TaskGroup tasks{io.get_executor()};
  std::thread thread;
};

namespace {

std::string http_url(const asio::ip::address_v4& address, std::uint16_t port) {
  return "http://" + address.to_string() + ":" + std::to_string(port);
}

}  // namespace

ToyApp::ToyApp(AppOptions options) : inner_{std::make_unique<Inner>(std::move(options))} {}

ToyApp::~ToyApp() = default;

std::uint16_t ToyApp::port() const { return inner_->port; }

std::string ToyApp::url() const { return http_url(inner_->address, inner_->port); }

std::string ToyApp::knobs_url() const {
  return http_url(asio::ip::address_v4::loopback(), inner_->knobs_port) + "/_demo/knobs";
}

void ToyApp::apply(Knobs knobs) {
  inner_->run([&] { inner_->apply(knobs); });
}

void ToyApp::crash() {
  Knobs next = knobs();
  next.crashed = true;
  apply(std::move(next));
}

void ToyApp::revive() {
  Knobs next = knobs();
  next.crashed = false;
  apply(std::move(next));
}

Knobs ToyApp::knobs() const {
  return inner_->run([this] { return inner_->shared.knobs; });
}

std::uint64_t ToyApp::requests() const {
  return inner_->run([this] { return inner_->shared.requests; });
}

Counts ToyApp::counts() const {
  return inner_->run([this] { return inner_->shared.counts; });
}

}  // namespace sy::demo
