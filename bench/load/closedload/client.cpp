#include "client.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace sy::closedload {
namespace {

constexpr std::size_t chunk = 256 * 1'024;

// The client whose thread this is: where OpenSSL leaves the sessions that arrive.
thread_local Client* here = nullptr;

int take_session(SSL*, SSL_SESSION* session) {
  if (here == nullptr) return 0;
  here->offer(session);
  return 1;  // It is ours now.
}

// Position after "name:" in a head, whatever the case; npos when there is no such field.
std::size_t find_field(std::string_view head, std::string_view name) {
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
  if (found == head.end()) return std::string_view::npos;
  return static_cast<std::size_t>(found - head.begin()) + name.size();
}

// Content-Length of an answer of 200; negative with any other head.
long body_bytes(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 200")) return -1;
  std::size_t at = find_field(head, "\r\ncontent-length:");
  if (at == std::string_view::npos) return -1;
  while (at < head.size() && head[at] == ' ') ++at;
  long length = -1;
  std::from_chars(head.data() + at, head.data() + head.size(), length);
  return length;
}

}  // namespace

void Counts::add(const Counts& other) {
  requests += other.requests;
  connections += other.connections;
  resumed += other.resumed;
  received += other.received;
  for (const auto& [reason, count] : other.failures) failures[reason] += count;
}

std::uint64_t Counts::failed() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : failures) sum += count;
  return sum;
}

std::string Counts::json(double seconds) const {
  std::string reasons;
  for (const auto& [reason, count] : failures) {
    reasons += (reasons.empty() ? "\"" : ", \"") + reason + "\": " + std::to_string(count);
  }
  return "{\"requests\": " + std::to_string(requests) +
         ", \"failed\": " + std::to_string(failed()) + ", \"by_reason\": {" + reasons +
         "}, \"connections\": " + std::to_string(connections) +
         ", \"resumed\": " + std::to_string(resumed) +
         ", \"received\": " + std::to_string(received) +
         ", \"seconds\": " + std::to_string(seconds) + "}";
}

Client::Client(const Options& options, int number, SSL_CTX* tls)
    : options_{options}, number_{number}, wire_{options, tls}, buffer_(chunk) {
  request_ = (options.post_bytes > 0 ? "POST " : "GET ") + options.path +
             " HTTP/1.1\r\nHost: app.test\r\n";
  if (options.close) request_ += "Connection: close\r\n";
  if (options.post_bytes > 0) {
    request_ += "Content-Length: " + std::to_string(options.post_bytes) + "\r\n";
  }
  request_ += "\r\n";
}

std::unique_ptr<SSL_CTX, Free> Client::make_tls() {
  std::unique_ptr<SSL_CTX, Free> made{SSL_CTX_new(TLS_client_method())};
  SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(made.get(), "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set1_groups_list(made.get(), "X25519");
  SSL_CTX_set_session_cache_mode(made.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(made.get(), take_session);
  return made;
}

bool Client::connected() {
  if (wire_.is_open()) return true;
  // Not every server sends a new ticket with a resumed handshake: then the old one serves again.
  if (!wire_.open(number_, options_.resume ? ticket_.get() : nullptr)) return false;
  ++counts_.connections;
  if (wire_.resumed()) ++counts_.resumed;
  return true;
}

std::string Client::read_body(std::size_t left) {
  while (left > 0) {
    const long got = wire_.skip(left, buffer_);
    if (got <= 0) return "closed mid-body";
    left -= static_cast<std::size_t>(got);
    counts_.received += static_cast<std::uint64_t>(got);
  }
  return {};
}

std::string Client::read_answer() {
  std::size_t filled = 0;
  std::size_t head = std::string_view::npos;
  while (head == std::string_view::npos) {
    if (filled == buffer_.size()) return "a head without end";
    const long got = wire_.read(
        std::span{buffer_}.subspan(filled, std::min<std::size_t>(16'384, buffer_.size() - filled)));
    if (got <= 0) return filled == 0 ? "closed before an answer" : "closed mid-head";
    filled += static_cast<std::size_t>(got);
    head = std::string_view{buffer_.data(), filled}.find("\r\n\r\n");
  }
  const long length = body_bytes({buffer_.data(), head + 2});
  if (length < 0) {
    return "not a 200 with a length: " +
           std::string{buffer_.data(), static_cast<std::size_t>(
                                           std::find(buffer_.data(), buffer_.data() + head, '\r') -
                                           buffer_.data())};
  }
  const std::size_t there = filled - head - 4;
  if (there > static_cast<std::size_t>(length)) return "more than was announced";
  counts_.received += there;
  return read_body(static_cast<std::size_t>(length) - there);
}

std::string Client::ask() {
  if (!connected()) return "no connection";
  if (!wire_.write(request_)) return "not sent";
  static const std::string block(chunk, 'x');
  for (std::size_t left = options_.post_bytes; left > 0;) {
    const std::size_t now = std::min(left, chunk);
    if (!wire_.write({block.data(), now})) return "body not sent";
    left -= now;
  }
  return read_answer();
}

void Client::once() {
  here = this;
  const std::string reason = ask();
  if (!reason.empty()) {
    ++counts_.failures[reason];
    wire_.close();
    return;
  }
  ++counts_.requests;
  if (!options_.close) return;
  const long got = wire_.read(buffer_);  // Until the end, so that nothing unread resets it.
  if (got > 0) ++counts_.failures["bytes nobody asked for"];
  wire_.close();
}

void Client::run(Clock::time_point end) {
  while (Clock::now() < end && counts_.failures.empty()) once();
}

}  // namespace sy::closedload
