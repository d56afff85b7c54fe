#include "wire.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

namespace sy::closedload {
namespace {

void turn_on(int fd, int level, int name) {
  const int on = 1;
  setsockopt(fd, level, name, &on, sizeof on);
}

}  // namespace

bool Wire::connect(int number) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  turn_on(fd_, IPPROTO_TCP, TCP_NODELAY);
  turn_on(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  const timeval patience{10, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7F000102U + static_cast<std::uint32_t>(number % 200));
  const auto* here = reinterpret_cast<const sockaddr*>(&from);
  const auto* there = reinterpret_cast<const sockaddr*>(&options_.address);
  return bind(fd_, here, sizeof from) == 0 && ::connect(fd_, there, sizeof options_.address) == 0;
}

bool Wire::open(int number, SSL_SESSION* ticket) {
  if (!connect(number)) {
    close();
    return false;
  }
  if (tls_ == nullptr) return true;
  ssl_ = SSL_new(tls_);
  SSL_set_fd(ssl_, fd_);
  if (ticket != nullptr) SSL_set_session(ssl_, ticket);
  if (SSL_connect(ssl_) == 1) return true;
  close();
  return false;
}

bool Wire::write(std::string_view octets) {
  while (!octets.empty()) {
    const long sent =
        ssl_ != nullptr ? SSL_write(ssl_, octets.data(),
                                    static_cast<int>(std::min<std::size_t>(octets.size(), 1 << 20)))
                        : ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

long Wire::read(std::span<char> into) {
  if (ssl_ == nullptr) return ::recv(fd_, into.data(), into.size(), 0);
  const int got = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
  if (got > 0) return got;
  const int error = SSL_get_error(ssl_, got);
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

long Wire::skip(std::size_t octets, std::span<char> scratch) {
  if (ssl_ != nullptr) return read(scratch.first(std::min(octets, scratch.size())));
  return ::recv(fd_, nullptr, octets, MSG_TRUNC);
}

void Wire::close() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace sy::closedload
