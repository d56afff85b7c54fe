// What the toy application says, without a socket.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "demo/toy_app.h"

namespace sy::demo {

struct Question {
  std::string_view method;
  std::string_view path;
  std::string_view query;  // without "?"
  std::string_view request_id;
  std::string_view body;  // its beginning
  std::uint64_t body_bytes = 0;
};

struct Answer {
  int status = 200;
  std::string_view type = "application/json";
  std::string body{};
};

// The path a proxy probes.
[[nodiscard]] std::string_view health_path(const AppOptions& options);
[[nodiscard]] bool is_health(const AppOptions& options, std::string_view path);
[[nodiscard]] Answer answer(const AppOptions& options, const Knobs& knobs,
                            const Question& question);
[[nodiscard]] Answer problem(int status, std::string_view detail);
// The unsigned value of `name` in "a=1&b=2", or `otherwise`.
[[nodiscard]] std::uint64_t query_number(std::string_view query, std::string_view name,
                                         std::uint64_t otherwise);

}  // namespace sy::demo
