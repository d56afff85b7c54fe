// One client: connects, asks, reads the answer, again and again until its time is over.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "wire.h"

namespace sy::closedload {

using Clock = std::chrono::steady_clock;

struct Counts {
  std::uint64_t requests = 0;
  std::uint64_t connections = 0;
  std::uint64_t resumed = 0;
  std::uint64_t received = 0;                     // bytes of bodies
  std::map<std::string, std::uint64_t> failures;  // by reason

  void add(const Counts& other);
  [[nodiscard]] std::uint64_t failed() const;
  [[nodiscard]] std::string json(double seconds) const;
};

class Client {
 public:
  // `tls` outlives it; null when plain.
  Client(const Options& options, int number, SSL_CTX* tls);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // What the next connection resumes.
  void offer(SSL_SESSION* ticket) { ticket_.reset(ticket); }
  [[nodiscard]] SSL_SESSION* ticket() const { return ticket_.get(); }
  // Ends when the time is over or after the first failure: a spoilt run is not worth its rest.
  void run(Clock::time_point end);
  void once();
  [[nodiscard]] const Counts& counts() const { return counts_; }

  // Makes the context of TLS; sessions that arrive go to the client whose connection it is.
  [[nodiscard]] static std::unique_ptr<SSL_CTX, Free> make_tls();

 private:
  [[nodiscard]] bool connected();
  [[nodiscard]] std::string ask();
  [[nodiscard]] std::string read_answer();
  [[nodiscard]] std::string read_body(std::size_t left);

  const Options& options_;
  int number_;
  Wire wire_;
  std::string request_;
  std::vector<char> buffer_;
  std::unique_ptr<SSL_SESSION, Free> ticket_;
  Counts counts_;
};

}  // namespace sy::closedload
