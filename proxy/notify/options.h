// Who is told of what, and how patiently.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace sy::notify {

// The types of director::Notice.
inline constexpr std::array<std::string_view, 10> event_types{
    "started",   "held",    "approval",     "approved",         "reverted",
    "completed", "aborted", "inconclusive", "version_mismatch", "shared_dependency"};

enum class Kind : std::uint8_t {
  json,   // every field, signed
  slack,  // {"text": …}, as Slack's incoming webhooks and those that imitate them take it
};

struct Target {
  std::string name;  // what logs and metrics call it
  std::string url;   // http or https; a secret, since who knows Slack's may post
  Kind kind = Kind::json;
  std::string secret;  // signs the body; json only
  // Files to read url and secret from, at load; empty: given above.
  std::string url_file;
  std::string secret_file;
  std::vector<std::string> events;  // of event_types; empty: all
  bool operator==(const Target&) const = default;
};

// Waiting: doubled after each failure, then drawn from the upper half of it.
struct Retry {
  Duration first = std::chrono::seconds{1};
  Duration most = std::chrono::minutes{5};
  Duration give_up = std::chrono::hours{1};  // after the notice was made
  bool operator==(const Retry&) const = default;
};

struct Options {
  std::vector<Target> targets;
  std::size_t queue_max = 1'000;               // notices a target; past it the oldest is dropped
  Duration timeout = std::chrono::seconds{5};  // of one attempt, connect to last byte
  Duration flush = std::chrono::seconds{1};    // at stop, for what is still queued
  Retry retry;
  bool operator==(const Options&) const = default;
};

}  // namespace sy::notify
