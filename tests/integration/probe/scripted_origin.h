// A server on a loopback port of the kernel's choice that answers every request with the same
// bytes.
#pragma once
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/task_group.h"
#include "net/tls.h"

namespace sy::testing {

namespace asio = boost::asio;

class ScriptedOrigin {
 public:
  using Socket = asio::basic_stream_socket<asio::ip::tcp, net::Executor>;
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, net::Executor>;

  std::string reply;      // sent after the head of a request
  bool stalls = false;    // after the reply keeps the connection open and silent
  bool hangs_up = false;  // closes before it reads
  std::vector<std::string> requests;
  std::size_t open = 0;
  std::size_t open_most = 0;

  explicit ScriptedOrigin(net::Executor executor,
                          std::shared_ptr<const net::ServerTls> tls = nullptr)
      : acceptor_{executor, asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), 0}},
        tls_{std::move(tls)},
        tasks_{executor} {
    tasks_.spawn(accept());
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() {
    acceptor_.close();
    tasks_.stop();
  }

 private:
  net::Awaitable<> accept() {
    for (;;) {
      Socket socket = co_await acceptor_.async_accept(net::use_awaitable);
      tasks_.spawn(serve(std::move(socket)));
    }
  }
  net::Awaitable<> serve(Socket socket) {
    if (hangs_up) co_return;
    open_most = std::max(open_most, ++open);
    if (tls_) {
      asio::ssl::stream<Socket&> stream{socket, tls_->accept().release()};
      net::error_code fault;
      co_await stream.async_handshake(asio::ssl::stream_base::server,
                                      asio::redirect_error(net::use_awaitable, fault));
      if (!fault) co_await answer(stream);
    } else {
      co_await answer(socket);
    }
    --open;
  }
  template <class Stream>
  net::Awaitable<> answer(Stream& stream) {
    std::string head;
    auto space = asio::dynamic_buffer(head);
    net::error_code fault;
    co_await asio::async_read_until(stream, space, "\r\n\r\n",
                                    asio::redirect_error(net::use_awaitable, fault));
    requests.push_back(head);
    co_await asio::async_write(stream, asio::buffer(reply),
                               asio::redirect_error(net::use_awaitable, fault));
    if (!stalls) co_return;
    char byte = 0;
    co_await asio::async_read(stream, asio::buffer(&byte, 1),
                              asio::redirect_error(net::use_awaitable, fault));
  }

  Acceptor acceptor_;
  std::shared_ptr<const net::ServerTls> tls_;
  net::TaskGroup tasks_;
};

inline std::string http_reply(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace sy::testing
