// What a worker is told at start and on reload. Defaults are those of docs/edge.md, decisions 5
// to 8.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"
#include "http/h1.h"

namespace sy::worker {

struct Timers {
  Duration handshake = std::chrono::seconds{10};
  Duration head = std::chrono::seconds{10};       // the whole request head, first byte to last
  Duration idle = std::chrono::seconds{75};       // client, between requests
  Duration body_idle = std::chrono::seconds{60};  // no byte of a body either way
  Duration minimum_rate_after = std::chrono::seconds{5};
  Duration connect = std::chrono::seconds{1};
  Duration response_head = std::chrono::seconds{30};
  Duration tunnel_idle = std::chrono::hours{1};
  Duration pool_idle = std::chrono::seconds{20};  // or 2 s under what the upstream announces
  Duration pool_age = std::chrono::hours{1};
  Duration linger = std::chrono::seconds{2};  // reading on after an early answer, before close
  bool operator==(const Timers&) const = default;
};

struct Limits {
  http::Limits http;
  std::size_t minimum_rate = 240;    // bytes a second of a request body, after minimum_rate_after
  std::size_t clients_max = 10'000;  // a process; divided among workers
  std::size_t heads_per_address_max = 100;    // connections of one address with an unfinished head
  std::size_t pending_per_color_max = 1'024;  // requests waiting for a response head; past it 503
  double retry_budget = 0.2;                  // of requests, plus retry_floor
  std::size_t retry_floor = 3;
  std::size_t pool_idle_max = 64;  // idle connections an endpoint and worker
  bool operator==(const Limits&) const = default;
};

// What a client is spared of an upstream's failure (docs/verdict.md, "Shield").
struct Shield {
  bool replay = true;                           // on live, of what failed on the candidate
  std::size_t replay_bytes_max = 64 * 1024;     // of a body kept for it
  double replay_budget = 0.2;                   // of the candidate's requests, plus replay_floor
  std::size_t replay_floor = 100;               // a process; divided among workers
  Duration hold_max = std::chrono::seconds{2};  // waiting for a color that vanished; zero: never
  std::size_t held_max = 256;                   // requests waiting so, a process; past it 503
  bool operator==(const Shield&) const = default;
};

struct Preview {
  // Hex SHA-256 of tokens that entitle any client to x-switchyard-color (sent in
  // x-switchyard-token); trusted peers need none.
  std::vector<std::string> token_sha256;
  bool operator==(const Preview&) const = default;
};

struct Options {
  Timers timers;
  Limits limits;
  Shield shield;
  Preview preview;
  std::vector<std::string>
      trusted;  // CIDR networks whose X-Forwarded-*, PROXY lines and previews are believed
  bool forwarded = false;  // write Forwarded (RFC 7239) beside X-Forwarded-*
  bool access_log = true;
  std::string via;          // our pseudonym in Via; set by app, new at each start
  std::string upstream_ca;  // PEM file for https upstreams; empty: the system's
  bool upstream_verify = true;
  bool operator==(const Options&) const = default;
};

}  // namespace sy::worker
