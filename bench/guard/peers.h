// The worker's peers, as plain system calls that never wait: clients that ask what the script says
// and an upstream that answers it.
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "guard/script.h"
#include "net/tls.h"
#include "support/session_world.h"

namespace sy::guard {

// One client's end.
class Client {
 public:
  explicit Client(const Script& script) : script_{script} {}
  // Connected as far as the kernel can. `tls`: what to speak TLS with, null for plain.
  void dial(std::uint16_t port, SSL_CTX* tls);
  // True when there is nothing left of the handshake.
  [[nodiscard]] bool greeted();
  void ask();
  // Takes what is there; true when the answer is whole. Ends the program when it is a wrong one.
  [[nodiscard]] bool answered();
  void hang_up() { end_.close(); }

 private:
  [[nodiscard]] std::string receive();

  const Script& script_;
  testing::End end_;
  int fd_ = -1;
  net::SslPtr ssl_;
  std::string got_;
};

// Listens, and answers every request that is whole.
class Upstream {
 public:
  explicit Upstream(const Script& script) : script_{script} {}
  [[nodiscard]] std::uint16_t port() const { return origin_.port(); }
  void serve();

 private:
  struct Connection {
    testing::End end;
    std::string got{};
  };
  const Script& script_;
  testing::Origin origin_;
  std::vector<Connection> connections_;
};

// Says why and exits with 1.
[[noreturn]] void give_up(std::string_view why);

}  // namespace sy::guard
