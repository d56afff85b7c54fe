// A connected byte stream, plain or TLS, over any non-blocking socket. Tries the system call first
// and waits only when it would block. Knows no HTTP.
#pragma once
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <boost/system/error_code.hpp>
#include <span>
#include <string_view>

#include "net/poller.h"
#include "net/task.h"
#include "net/tls.h"

namespace sy::net {

using boost::system::error_code;

class Stream {
 public:
  // Takes over `fd`, non-blocking or -1. A null `ssl` makes it plain; otherwise handshake() comes
  // before reading and writing.
  Stream(Poller& poller, int fd, SslPtr ssl);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { close(); }

  // Starts connecting; would_block when wait_write() and connected() have to follow.
  void connect(const sockaddr* to, socklen_t size, error_code& error);
  [[nodiscard]] error_code connected() const;

  // At most space.size() bytes, without waiting. `error`: would_block, eof, or what went wrong.
  std::size_t read_now(std::span<char> space, error_code& error);
  // The bytes of the socket that come next, left where they are, before there is any TLS. Those of
  // a header that is whole are then dropped: `count` of those seen.
  std::size_t peek_now(std::span<char> space, error_code& error);
  void drop(std::size_t count);
  // A prefix of the pieces, without waiting.
  std::size_t write_now(std::span<const iovec> pieces, error_code& error);

  // Moves at most `most` bytes into a pipe that has room for them, or out of one that holds them,
  // without copying and without waiting. Errors as of the calls above. REQUIRES: not tls().
  std::size_t splice_in(int pipe, std::size_t most, error_code& error);
  std::size_t splice_out(int pipe, std::size_t most, error_code& error);

  // False when a read would find nothing, as of the last poll of the poller.
  [[nodiscard]] bool may_read() const {
    return buffered() || (read_wants_write_ ? source_.writable() : source_.readable());
  }
  [[nodiscard]] bool may_write() const {
    return write_wants_read_ ? source_.readable() : source_.writable();
  }
  // Calls `waiter` when may_read(), or after cancel_waits().
  void when_readable(Waiter& waiter) {
    if (buffered()) return source_.poller().soon(waiter);
    read_wants_write_ ? source_.when_writable(waiter) : source_.when_readable(waiter);
  }
  void when_writable(Waiter& waiter) {
    write_wants_read_ ? source_.when_readable(waiter) : source_.when_writable(waiter);
  }
  // Complete when trying again makes sense: at once when it does already, or when the stream has
  // expired. Errors are met by the call that follows.
  [[nodiscard]] auto wait_read() { return Wait<false>{*this}; }
  [[nodiscard]] auto wait_write() { return Wait<true>{*this}; }
  // Lets others go first.
  [[nodiscard]] auto turn() { return source_.poller().turn(); }
  // Client or server side by what SSL_set_accept_state or SSL_set_connect_state said.
  [[nodiscard]] Task<> handshake(error_code& error);

  // Sends our FIN (TLS: close_notify first); reading goes on.
  void shutdown_write();
  // Wakes nobody.
  void close();
  // Close that drops unsent bytes and tells the peer with a reset.
  void reset();
  // Wakes every wait and makes later ones complete at once: the deadline has passed. Writing
  // without waiting is still possible, for a last word.
  void expire();
  void cancel_waits() { source_.wake_all(); }
  [[nodiscard]] bool expired() const { return expired_; }
  [[nodiscard]] bool open() const { return source_.open(); }
  // The peer sends no more than has arrived; as of the last poll of the poller.
  [[nodiscard]] bool hung() const { return source_.hung(); }
  [[nodiscard]] bool tls() const { return ssl_ != nullptr; }
  // Bytes are at hand that the socket will not signal, inside OpenSSL. A part of a record is not:
  // the rest of it is signalled.
  [[nodiscard]] bool buffered() const { return tls_holds_; }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
  [[nodiscard]] int fd() const { return source_.fd(); }

  // For OpenSSL: the socket itself, asked only when something may have come.
  ssize_t receive_if_any(void* space, std::size_t size);
  ssize_t send(const iovec* pieces, std::size_t count);

 private:
  template <bool write>
  struct Wait : Resumed {
    explicit Wait(Stream& owner) : stream{owner} {}
    [[nodiscard]] bool await_ready() const {
      return stream.expired_ || (write ? stream.may_write() : stream.may_read());
    }
    void await_suspend(std::coroutine_handle<> task) {
      handle_ = task;
      write ? stream.when_writable(*this) : stream.when_readable(*this);
    }
    void await_resume() const noexcept {}
    Stream& stream;
  };
  ssize_t receive(void* space, std::size_t size);
  bool refused(error_code& error) const;
  void say_goodbye();
  std::size_t tls_read(std::span<char> space, error_code& error);
  std::size_t tls_write(std::span<const iovec> pieces, error_code& error);
  error_code tls_error(int result, bool& wants_other_way, int other_way);

  Source source_;
  SslPtr ssl_;
  bool read_wants_write_ = false;
  bool write_wants_read_ = false;
  bool tls_holds_ = false;
  bool expired_ = false;
  bool secured_ = false;  // the handshake is done, so a close_notify can be sent
};

// Waits for at least one byte. Errors: eof, timed_out when the stream expired, or what went wrong.
[[nodiscard]] Task<std::size_t> read_some(Stream& stream, std::span<char> space, error_code& error);
// Writes all pieces, and changes them as it goes. Awaited once; completes with the bytes written,
// without a frame of its own and without waiting when the socket takes them at once. Errors:
// timed_out when the stream expired, or what went wrong.
class WriteAll : private Waiter {
 public:
  WriteAll(Stream& stream, std::span<iovec> pieces, error_code& error)
      : stream_{stream}, left_{pieces}, error_{error} {}
  WriteAll(Stream& stream, std::string_view text, error_code& error)
      : stream_{stream},
        text_{const_cast<char*>(text.data()), text.size()},  // only ever read from
        left_{&text_, 1},
        error_{error} {}
  [[nodiscard]] bool await_ready() { return is_over(); }
  void await_suspend(std::coroutine_handle<> task) {
    task_ = task;
    stream_.when_writable(*this);
  }
  [[nodiscard]] std::size_t await_resume() const noexcept { return total_; }

 private:
  virtual void begin_try() {}  // called before each attempt
  void ready() final;
  [[nodiscard]] bool is_over();
  Stream& stream_;
  iovec text_{};
  std::span<iovec> left_;
  error_code& error_;
  std::size_t total_ = 0;
  std::coroutine_handle<> task_;
};

[[nodiscard]] inline WriteAll write_all(Stream& stream, std::span<iovec> pieces,
                                        error_code& error) {
  return WriteAll{stream, pieces, error};
}
// The same for one text.
[[nodiscard]] inline WriteAll write_text(Stream& stream, std::string_view text, error_code& error) {
  return WriteAll{stream, text, error};
}

}  // namespace sy::net
