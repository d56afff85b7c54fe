#include "guard/peers.h"

#include <cstdio>
#include <cstdlib>

namespace sy::guard {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";

// The bytes behind the head, or none while it is not whole.
std::optional<std::string_view> body_of(std::string_view message) {
  const std::size_t at = message.find(head_end);
  if (at == std::string_view::npos) return std::nullopt;
  return message.substr(at + head_end.size());
}

}  // namespace

void give_up(std::string_view why) {
  std::fprintf(stderr, "guard_requests: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

void Client::dial(std::uint16_t port, SSL_CTX* tls) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    give_up("cannot connect to the worker");
  end_ = testing::End{fd_};
  if (tls == nullptr) return;
  ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  ssl_.reset(SSL_new(tls));
  SSL_set_fd(ssl_.get(), fd_);
}

bool Client::greeted() { return !ssl_ || SSL_connect(ssl_.get()) == 1; }

void Client::ask() {
  got_.clear();
  if (!ssl_) return end_.send(script_.request);
  SSL_write(ssl_.get(), script_.request.data(), static_cast<int>(script_.request.size()));
}

std::string Client::receive() {
  if (!ssl_) return end_.receive();
  std::string text(65536, '\0');
  const int count = SSL_read(ssl_.get(), text.data(), static_cast<int>(text.size()));
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

bool Client::answered() {
  got_ += receive();
  const auto body = body_of(got_);
  if (!body) return false;
  if (!got_.starts_with("HTTP/1.1 200 ")) give_up(got_);
  if (script_.body_back == 0) return body->ends_with("\r\n0\r\n\r\n");
  return body->size() >= script_.body_back;
}

void Upstream::serve() {
  for (testing::End end = origin_.accept(); end.connected(); end = origin_.accept())
    connections_.push_back({std::move(end)});
  for (Connection& connection : connections_) {
    connection.got += connection.end.receive();
    const auto body = body_of(connection.got);
    if (!body || body->size() < script_.body_sent) continue;
    connection.got.clear();
    connection.end.send(script_.answer);
  }
  std::erase_if(connections_, [](const Connection& connection) { return connection.end.closed; });
}

}  // namespace sy::guard
