// One HTTP exchange as a client of the application, or of a webhook, makes it: https verified, one
// time limit for all of it, a bounded answer, no redirects. The url is never in an error.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "control/terms/failure.h"
#include "control/terms/pace.h"

namespace sy::control::deploy {

struct Question {
  std::string method = "GET";
  std::string url{};   // with path and query
  std::string host{};  // for the Host field and the certificate; empty: that of the url
  std::string ca{};    // PEM file; empty: the system's authorities
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
  Duration timeout = std::chrono::seconds{5};
  std::size_t body_bytes_max = std::size_t{256} * 1024;  // the rest is not read
};

struct Reply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
  [[nodiscard]] std::string_view field(std::string_view name) const;  // the first; or empty
};

// Codes of failures: `timed_out`, `interrupted`, `usage` for a url that is none, else `failed`.
[[nodiscard]] Try<Reply> ask_web(const Question& question, Pace& pace);

// The traffic URL and a path of it.
[[nodiscard]] std::string url_of(std::string_view base, std::string_view path);

}  // namespace sy::control::deploy
