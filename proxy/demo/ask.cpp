#include "demo/ask.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "demo/answers.h"

namespace sy::demo {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t head_bytes_max = 4096;

Error silent(const tcp::endpoint& at, std::string_view what) {
  return {.what = at.address().to_string() + ":" + std::to_string(at.port()) + ": " +
                  std::string{what}};
}

}  // namespace

Result<std::string> ask_health(const AppOptions& options) {
  const auto listened = asio::ip::make_address_v4(options.address);
  const tcp::endpoint at{listened.is_unspecified() ? asio::ip::address_v4::loopback() : listened,
                         options.port};
  asio::io_context io{1};
  tcp::socket socket{io};
  boost::system::error_code fault;
  socket.connect(at, fault);
  if (fault) return silent(at, fault.message());
  const std::string request = "GET " + std::string{health_path(options)} +
                              " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  asio::write(socket, asio::buffer(request), fault);
  std::string head;
  const auto size =
      asio::read_until(socket, asio::dynamic_buffer(head, head_bytes_max), "\r\n", fault);
  if (fault) return silent(at, fault.message());
  head.resize(size - 2);
  if (head != "HTTP/1.1 200 OK") return silent(at, head);
  return head;
}

}  // namespace sy::demo
