#include "net/stream.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>

namespace sy::net {
namespace {

error_code from_errno() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

// Puts small pieces side by side, so that a head and its body leave in one TLS record.
std::string_view coalesce(std::span<const iovec> pieces, std::span<char> scratch) {
  if (pieces.size() == 1 || pieces.front().iov_len >= scratch.size()) {
    return {static_cast<const char*>(pieces.front().iov_base), pieces.front().iov_len};
  }
  std::size_t used = 0;
  for (const iovec& piece : pieces) {
    const std::size_t fits = std::min(piece.iov_len, scratch.size() - used);
    if (fits != 0) std::memcpy(scratch.data() + used, piece.iov_base, fits);
    used += fits;
    if (fits < piece.iov_len) break;
  }
  return {scratch.data(), used};
}

// Drops `count` bytes from the front of the pieces; returns the index of the first unfinished one.
std::size_t advance(std::span<iovec> pieces, std::size_t count) {
  std::size_t at = 0;
  while (at < pieces.size() && count >= pieces[at].iov_len) count -= pieces[at++].iov_len;
  if (at < pieces.size()) {
    pieces[at].iov_base = static_cast<char*>(pieces[at].iov_base) + count;
    pieces[at].iov_len -= count;
  }
  return at;
}

}  // namespace

Stream::Stream(Socket socket, SslPtr ssl) : socket_{std::move(socket)}, ssl_{std::move(ssl)} {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  if (ssl_) SSL_set_fd(ssl_.get(), socket_.native_handle());
}

std::size_t Stream::read_now(std::span<char> space, error_code& error) {
  if (refused(error)) return 0;
  if (ssl_) return tls_read(space, error);
  const ssize_t count = ::recv(socket_.native_handle(), space.data(), space.size(), 0);
  if (count > 0) {
    error.clear();
    return static_cast<std::size_t>(count);
  }
  error = count == 0 ? error_code{asio::error::eof} : from_errno();
  return 0;
}

std::size_t Stream::write_now(std::span<const iovec> pieces, error_code& error) {
  if (refused(error)) return 0;
  if (ssl_) return tls_write(pieces, error);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg does not write to it
  message.msg_iovlen = pieces.size();
  const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  if (count >= 0) {
    error.clear();
    return static_cast<std::size_t>(count);
  }
  error = from_errno();
  return 0;
}

// OpenSSL keeps the number of the descriptor, which after close() may be someone else's.
bool Stream::refused(error_code& error) const {
  if (socket_.is_open()) return false;
  error = asio::error::bad_descriptor;
  return true;
}

std::size_t Stream::tls_read(std::span<char> space, error_code& error) {
  std::size_t total = 0;
  while (total < space.size()) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), space.data() + total, space.size() - total, &count);
    if (result != 1) {
      error = tls_error(result, read_wants_write_, SSL_ERROR_WANT_WRITE);
      break;
    }
    total += count;
    error.clear();
    if (SSL_pending(ssl_.get()) == 0) break;
  }
  if (total != 0) error.clear();  // what follows the bytes is met at the next read
  return total;
}

std::size_t Stream::tls_write(std::span<const iovec> pieces, error_code& error) {
  std::array<char, 16 * 1024> scratch;
  const std::string_view bytes = coalesce(pieces, scratch);
  error.clear();
  if (bytes.empty()) return 0;
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  if (result == 1) return count;
  error = tls_error(result, write_wants_read_, SSL_ERROR_WANT_READ);
  return 0;
}

error_code Stream::tls_error(int result, bool& wants_other_way, int other_way) {
  const int saved = errno;
  const int reason = SSL_get_error(ssl_.get(), result);
  wants_other_way = reason == other_way;
  switch (reason) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return asio::error::would_block;
    case SSL_ERROR_ZERO_RETURN: return asio::error::eof;
    case SSL_ERROR_SYSCALL:
      secured_ = false;
      if (saved != 0) return {saved, boost::system::system_category()};
      return asio::error::connection_reset;
    default:
      secured_ = false;  // after a fatal error no close_notify may be sent
      return asio::error::connection_reset;
  }
}

Awaitable<> Stream::handshake(error_code& error) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      secured_ = true;
      error.clear();
      co_return;
    }
    bool wants_write = false;
    error = tls_error(result, wants_write, SSL_ERROR_WANT_WRITE);
    if (error != asio::error::would_block) co_return;
    if (expired_) break;
    co_await wait(wants_write ? Socket::wait_write : Socket::wait_read, error);
    if (expired_ || error) break;
  }
  if (expired_ || !error) error = asio::error::timed_out;
}

void Stream::shutdown_write() {
  error_code ignored;
  if (secured_) {
    ERR_clear_error();
    std::ignore = SSL_shutdown(ssl_.get());  // best effort: RFC 9112 §9.8 asks for the attempt
    secured_ = false;
  }
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  if (!socket_.is_open()) return;
  if (secured_) {
    ERR_clear_error();
    std::ignore = SSL_shutdown(ssl_.get());
    secured_ = false;
  }
  error_code ignored;
  socket_.close(ignored);
}

void Stream::reset() {
  error_code ignored;
  secured_ = false;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

void Stream::expire() {
  expired_ = true;
  cancel_waits();
}

void Stream::cancel_waits() {
  error_code ignored;
  if (socket_.is_open()) socket_.cancel(ignored);
}

Awaitable<std::size_t> read_some(Stream& stream, std::span<char> space, bool wait_first,
                                 error_code& error) {
  bool wait = wait_first && !stream.buffered();
  for (;;) {
    if (wait) {
      if (!stream.expired()) co_await stream.wait_read(error);
      if (stream.expired()) error = asio::error::timed_out;
      if (error) co_return 0;
    }
    const std::size_t count = stream.read_now(space, error);
    if (error != asio::error::would_block) co_return count;
    wait = true;
  }
}

std::span<iovec> write_ready(Stream& stream, std::span<iovec> pieces, std::size_t& total,
                             error_code& error) {
  while (!pieces.empty()) {
    const std::size_t count = stream.write_now(pieces, error);
    total += count;
    pieces = pieces.subspan(advance(pieces, count));
    if (error) break;
  }
  return pieces;
}

Awaitable<std::size_t> write_all(Stream& stream, std::span<iovec> pieces, error_code& error) {
  std::size_t total = 0;
  for (;;) {
    pieces = write_ready(stream, pieces, total, error);
    if (pieces.empty() || error != asio::error::would_block) co_return total;
    if (!stream.expired()) co_await stream.wait_write(error);
    if (stream.expired()) error = asio::error::timed_out;
    if (error) co_return total;
  }
}

Awaitable<> write_text(Stream& stream, std::string_view text, error_code& error) {
  iovec piece{const_cast<char*>(text.data()), text.size()};  // only ever read from
  const std::span<iovec> pieces{&piece, 1};
  std::ignore = co_await write_all(stream, pieces, error);
}

}  // namespace sy::net
