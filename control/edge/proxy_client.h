// Speaks HTTP to one proxy's control API. https is always verified.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace sy::control::edge {

struct Call {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> fields{};
  std::string body{};
};

struct Answer {
  int status = 0;
  std::string body;
};

class ProxyClient {
 public:
  struct Options {
    std::string url;        // http://host:port or https://host:port
    std::string address{};  // connect there, whatever the url's name resolves to; empty: resolve
    std::string token{};    // sent as a bearer token when not empty
    std::string ca{};       // PEM file; empty: the system's
    Duration timeout = std::chrono::seconds{30};
  };

  explicit ProxyClient(Options options) : options_{std::move(options)} {}
  [[nodiscard]] const std::string& url() const { return options_.url; }
  // An error has status 400 for a url that is none, 504 when it took too long, else 0.
  [[nodiscard]] Result<Answer> call(const Call& call) const;
  // Hands over the body as it comes, until the stream ends; the timeout is for each piece.
  [[nodiscard]] Result<Answer> follow(const Call& call,
                                      const std::function<void(std::string_view)>& piece) const;

 private:
  Options options_;
};

}  // namespace sy::control::edge
