#include "net/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <system_error>

namespace sy::net {
namespace {

namespace ip = boost::asio::ip;

Error cannot(const std::string& what, const std::string& where) {
  const std::string why = std::system_category().message(errno);
  return Error{Blame::self, false, 0, "cannot " + what + " " + where + ": " + why};
}

constexpr int unsent_bytes_max = 64 * 1024;

void set(int fd, int level, int name, int value = 1) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

}  // namespace

std::string to_text(const std::string& address, std::uint16_t port) {
  const bool v6 = address.find(':') != std::string::npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<Listener> listen(const std::string& address, std::uint16_t port) {
  const std::string where = to_text(address, port);
  boost::system::error_code error;
  const auto numeric = ip::make_address(address, error);
  if (error) return Error{Blame::self, false, 0, "not a numeric address: " + address};
  const ip::tcp::endpoint endpoint{numeric, port};
  const int fd =
      ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return cannot("open a socket for", where);
  set(fd, SOL_SOCKET, SO_REUSEADDR);
  set(fd, SOL_SOCKET, SO_REUSEPORT);
  if (numeric.is_v6()) set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
  // Accepted sockets inherit both. Without the second one becomes writable again only when a third
  // of a buffer of megabytes is free: a slow client would look as if it took nothing.
  set(fd, IPPROTO_TCP, TCP_NODELAY);
  set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, unsent_bytes_max);
  if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
      ::listen(fd, 4096) != 0) {
    const Error error_here = cannot("listen on", where);
    ::close(fd);
    return error_here;
  }
  ip::tcp::endpoint bound;
  socklen_t length = static_cast<socklen_t>(bound.capacity());
  ::getsockname(fd, bound.data(), &length);
  bound.resize(length);
  return Listener{fd, bound.port()};
}

}  // namespace sy::net
