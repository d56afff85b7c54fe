// A receiver of webhooks on a loopback port of the kernel's choice: keeps what it is sent, answers
// with the replies of a list, the last one for ever.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/task_group.h"
#include "net/tls.h"

namespace sy::testing {

namespace asio = boost::asio;

struct Received {
  std::string head;
  std::string body;
  [[nodiscard]] std::string field(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  // Of the notice it is about.
  [[nodiscard]] std::string what() const {
    return std::string{boost::json::parse(body).at("what").as_string()};
  }
};

class Receiver {
 public:
  using Socket = asio::basic_stream_socket<asio::ip::tcp, net::Executor>;
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, net::Executor>;

  static constexpr const char* silence = "";
  static constexpr const char* hang_up = "-";
  std::vector<std::string> replies{"200 OK"};  // status lines and fields, or one of the above
  std::vector<Received> received;
  std::size_t open = 0;
  std::size_t open_most = 0;

  explicit Receiver(net::Executor executor, std::shared_ptr<const net::ServerTls> tls = nullptr)
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
    std::string text;
    auto space = asio::dynamic_buffer(text);
    net::error_code fault;
    const std::size_t head = co_await asio::async_read_until(
        stream, space, "\r\n\r\n", asio::redirect_error(net::use_awaitable, fault));
    Received one{text.substr(0, head), text.substr(head)};
    const std::string length = one.field("Content-Length");
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    const std::size_t begun = one.body.size();
    one.body.resize(bytes);
    if (begun < bytes) {
      const auto rest = asio::buffer(one.body) + begun;
      co_await asio::async_read(stream, rest, asio::redirect_error(net::use_awaitable, fault));
    }
    const std::string reply = replies[std::min(received.size(), replies.size() - 1)];
    received.push_back(std::move(one));
    if (reply == hang_up) co_return;
    if (reply != silence) {
      const std::string whole = "HTTP/1.1 " + reply + "\r\nContent-Length: 0\r\n\r\n";
      co_await asio::async_write(stream, asio::buffer(whole),
                                 asio::redirect_error(net::use_awaitable, fault));
    }
    char byte = 0;  // until the other side closes
    co_await asio::async_read(stream, asio::buffer(&byte, 1),
                              asio::redirect_error(net::use_awaitable, fault));
  }

  Acceptor acceptor_;
  std::shared_ptr<const net::ServerTls> tls_;
  net::TaskGroup tasks_;
};

}  // namespace sy::testing
