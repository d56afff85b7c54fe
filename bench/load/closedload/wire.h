// One client connection that blocks, plain or TLS. Knows no HTTP.
#pragma once
#include <openssl/ssl.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "options.h"

namespace sy::closedload {

struct Free {
  void operator()(SSL_CTX* some) const { SSL_CTX_free(some); }
  void operator()(SSL* some) const { SSL_free(some); }
  void operator()(SSL_SESSION* some) const { SSL_SESSION_free(some); }
};

class Wire {
 public:
  // `tls` outlives it; null for a plain connection.
  Wire(const Options& options, SSL_CTX* tls) : options_{options}, tls_{tls} {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { close(); }

  // From the loopback address of client `number`, so that source ports do not run out. `ticket`
  // may be null.
  [[nodiscard]] bool open(int number, SSL_SESSION* ticket);
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] bool resumed() const { return ssl_ != nullptr && SSL_session_reused(ssl_) == 1; }
  [[nodiscard]] bool write(std::string_view octets);
  // Bytes read, 0 at the end, negative when it failed.
  [[nodiscard]] long read(std::span<char> into);
  // Reads and drops up to so many bytes; a plain connection is not even copied.
  [[nodiscard]] long skip(std::size_t octets, std::span<char> scratch);
  void close();

 private:
  [[nodiscard]] bool connect(int number);

  const Options& options_;
  SSL_CTX* tls_;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
};

}  // namespace sy::closedload
