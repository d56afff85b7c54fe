// A connected byte stream, plain or TLS, over any non-blocking socket. Tries the system call first
// and waits only when it would block. Knows no HTTP.
#pragma once
#include <openssl/ssl.h>
#include <sys/uio.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <span>
#include <string_view>

#include "net/async.h"
#include "net/tls.h"

namespace sy::net {

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

class Stream {
 public:
  // A null `ssl` makes it plain; otherwise handshake() comes before reading and writing.
  Stream(Socket socket, SslPtr ssl);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // At most space.size() bytes, without waiting. `error`: would_block, eof, or what went wrong.
  std::size_t read_now(std::span<char> space, error_code& error);
  // A prefix of the pieces, without waiting.
  std::size_t write_now(std::span<const iovec> pieces, error_code& error);

  // Completes when trying again makes sense after would_block. Never throws.
  [[nodiscard]] Awaitable<> wait_read(error_code& error) {
    return wait(read_wants_write_ ? Socket::wait_write : Socket::wait_read, error);
  }
  [[nodiscard]] Awaitable<> wait_write(error_code& error) {
    return wait(write_wants_read_ ? Socket::wait_read : Socket::wait_write, error);
  }
  // The same as wait_read for code that is called back, not resumed: calls `ready(error_code)`.
  template <class Ready>
  void when_readable(Ready ready) {
    socket_.async_wait(read_wants_write_ ? Socket::wait_write : Socket::wait_read,
                       std::move(ready));
  }
  // Client or server side by what SSL_set_accept_state or SSL_set_connect_state said.
  [[nodiscard]] Awaitable<> handshake(error_code& error);

  // Sends our FIN (TLS: close_notify first); reading goes on.
  void shutdown_write();
  void close();
  // Close that drops unsent bytes and tells the peer with a reset.
  void reset();
  // Wakes every wait with an error and makes later ones fail: the deadline has passed. Writing
  // without waiting is still possible, for a last word.
  void expire();
  void cancel_waits();
  [[nodiscard]] bool expired() const { return expired_; }
  [[nodiscard]] bool open() const { return socket_.is_open(); }
  [[nodiscard]] bool tls() const { return ssl_ != nullptr; }
  // Bytes are at hand that the socket will not signal: decrypted, inside OpenSSL. A part of a
  // record, which SSL_has_pending counts too, is not: the rest of it is signalled.
  [[nodiscard]] bool buffered() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
  [[nodiscard]] Socket& socket() { return socket_; }

 private:
  [[nodiscard]] Awaitable<> wait(Socket::wait_type type, error_code& error) {
    return socket_.async_wait(type, asio::redirect_error(use_awaitable, error));
  }
  bool refused(error_code& error) const;
  std::size_t tls_read(std::span<char> space, error_code& error);
  std::size_t tls_write(std::span<const iovec> pieces, error_code& error);
  error_code tls_error(int result, bool& wants_other_way, int other_way);

  Socket socket_;
  SslPtr ssl_;
  bool read_wants_write_ = false;
  bool write_wants_read_ = false;
  bool expired_ = false;
  bool secured_ = false;  // the handshake is done, so a close_notify can be sent
};

// Waits for at least one byte; `wait_first` when there is probably none yet. Errors: eof,
// timed_out when the stream expired, or what went wrong.
[[nodiscard]] Awaitable<std::size_t> read_some(Stream& stream, std::span<char> space,
                                               bool wait_first, error_code& error);
// Writes what can be written without waiting, counts it into `total` and returns the pieces left.
std::span<iovec> write_ready(Stream& stream, std::span<iovec> pieces, std::size_t& total,
                             error_code& error);
// Writes all pieces; changes them as it goes. Returns the bytes written.
[[nodiscard]] Awaitable<std::size_t> write_all(Stream& stream, std::span<iovec> pieces,
                                               error_code& error);
// The same for one text.
[[nodiscard]] Awaitable<> write_text(Stream& stream, std::string_view text, error_code& error);

}  // namespace sy::net
