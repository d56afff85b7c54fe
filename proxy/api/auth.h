// Who is asking, and may they: bearer tokens, client certificates, and what stands in for them on
// loopback. Knows no sockets; the time is a parameter.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/message.h"
#include "api/options.h"
#include "base/error.h"
#include "base/time.h"

namespace sy::api {

struct Actor {
  std::string name{};  // for the journal
  Role role = Role::viewer;
  bool operator==(const Actor&) const = default;
};

// What a request shows of itself. Empty: it has no such field.
struct Credentials {
  std::string_view address{};        // of the peer, numeric
  std::string_view authorization{};  // the field
  std::string_view client_name{};    // CN of a verified client certificate
  std::string_view host{};           // the field
  std::string_view origin{};         // the field
  std::string_view content_type{};   // the field
  bool mutating = false;
  bool has_body = false;
};

struct Refusal {
  Problem problem{};
  std::string_view challenge{};  // WWW-Authenticate, for 401
  int retry_after = -1;          // seconds, for 429
};

// Authentication failures an address may have: a bucket of ten that refills one every six seconds.
// Bounded: addresses beyond the table share one bucket.
class FailureLimit {
 public:
  static constexpr double burst = 10;
  static constexpr Duration refill = std::chrono::seconds{6};
  static constexpr std::size_t addresses_max = 4'096;

  // Seconds until this address may try again; nullopt: now. IPv6 counts by /64 network.
  [[nodiscard]] std::optional<int> wait(std::string_view address, Instant now) const;
  void failed(std::string_view address, Instant now);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double left = burst;
    Instant at{};
  };
  [[nodiscard]] static double level(const Bucket& bucket, Instant now);
  [[nodiscard]] Bucket& bucket(std::string_view address, Instant now);

  std::unordered_map<std::string, Bucket> buckets_;
  Bucket others_;
  Instant swept_{};  // when full buckets were last thrown away
};

class Auth {
 public:
  explicit Auth(Options options);
  // For a reload: failures counted so far stay.
  void replace(Options options);

  // The actor behind these credentials if their role is at least `needed`.
  [[nodiscard]] boost::system::result<Actor, Refusal> admit(const Credentials& credentials,
                                                            Role needed, Instant now);
  // What a call that needs no token must still be: addressed to us when no token protects us, so
  // that a web page cannot read it by a rebound name.
  [[nodiscard]] std::optional<Refusal> foreign(const Credentials& credentials) const;

 private:
  using Digest = std::vector<unsigned char>;
  struct Known {
    Actor actor;
    Digest sha256;
  };
  [[nodiscard]] bool open() const { return known_.empty() && options_.client_ca.empty(); }
  [[nodiscard]] const Known* find(std::string_view token) const;
  [[nodiscard]] boost::system::result<Actor, Refusal> identify(const Credentials& credentials,
                                                               Instant now);

  Options options_;
  std::vector<Known> known_;
  FailureLimit failures_;
};

// True for 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view address);
// An error, in words, when these options would let strangers in: an address that is not loopback
// needs TLS and a token (or client certificates), unless `insecure`.
[[nodiscard]] Result<> bindable(const Options& options);
[[nodiscard]] std::string_view name(Role role);

}  // namespace sy::api
