// An origin that reads the body of every request to its last byte and only then answers 200: what
// an upload is measured against. Two listeners, one thread; prints its two ports and runs until
// SIGTERM.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    "{\"status\":\"healthy\"}";
constexpr std::size_t head_most = 65'536;

struct Connection {
  std::string head;
  std::size_t left = 0;  // of the body under way
};

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "\r\ncontent-length:";
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
  if (found == head.end()) return 0;
  auto at = static_cast<std::size_t>(found - head.begin()) + name.size();
  while (at < head.size() && head[at] == ' ') ++at;
  std::size_t length = 0;
  std::from_chars(head.data() + at, head.data() + head.size(), length);
  return length;
}

bool reply(int fd) {
  return send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(answer.size());
}

// Drops body bytes without copying them. False when the connection is over.
bool swallow(int fd, Connection& connection) {
  const auto got =
      recv(fd, nullptr, std::min<std::size_t>(connection.left, 1 << 20), MSG_TRUNC | MSG_DONTWAIT);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  connection.left -= static_cast<std::size_t>(got);
  return connection.left > 0 || reply(fd);
}

bool read_head(int fd, Connection& connection) {
  std::array<char, 16'384> buffer;
  const auto got = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  connection.head.append(buffer.data(), static_cast<std::size_t>(got));
  const auto end = connection.head.find("\r\n\r\n");
  if (end == std::string::npos) return connection.head.size() < head_most;
  const std::size_t there = connection.head.size() - end - 4;
  const std::size_t length = content_length(std::string_view{connection.head}.substr(0, end + 2));
  connection.head.clear();
  if (there > length) return false;  // Nobody pipelines here.
  connection.left = length - there;
  return connection.left > 0 || reply(fd);
}

int listener(int epoll) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, any, size) != 0 || listen(fd, 4096) != 0) return -1;
  getsockname(fd, any, &size);
  std::printf("%d\n", ntohs(address.sin_port));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

}  // namespace

int main() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const std::array listeners{listener(epoll), listener(epoll)};
  if (std::ranges::count(listeners, -1) > 0) return 1;
  std::fflush(stdout);
  std::unordered_map<int, Connection> connections;
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (std::ranges::count(listeners, fd) > 0) {
        const int fresh = accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (fresh < 0) continue;
        const int on = 1;
        setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fresh;
        epoll_ctl(epoll, EPOLL_CTL_ADD, fresh, &event);
        connections[fresh] = {};
        continue;
      }
      Connection& one = connections[fd];
      if (one.left > 0 ? swallow(fd, one) : read_head(fd, one)) continue;
      close(fd);
      connections.erase(fd);
    }
  }
}
