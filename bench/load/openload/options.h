// What one run of load is asked to do.
#pragma once
#include <netinet/in.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sy::openload {

using Clock = std::chrono::steady_clock;

// keyed: a POST with an Idempotency-Key of its own.
enum class Kind : std::uint8_t { get, post, fresh, websocket, keyed };
inline constexpr std::array kinds{Kind::get, Kind::post, Kind::fresh, Kind::websocket, Kind::keyed};
template <class T>
using PerKind = std::array<T, kinds.size()>;
[[nodiscard]] std::string_view name(Kind kind);

struct Options {
  sockaddr_in address{};
  double rate = 1'000;    // requests a second
  double duration = 10;   // seconds
  int connections = 64;   // kept alive
  int websockets = 8;     // open throughout, when the mix has any
  PerKind<int> mix{100};  // shares, in the order of kinds
  std::string path = "/";
  std::string websocket_path = "/ws";
  std::string host = "app.test";
  std::vector<std::string> fields;  // "Name: value", sent with every request
  int clients = 0;  // so many identities in turn, each a Cookie "client=N"; 0: no cookie
  std::string color_header = "x-color";
  std::size_t post_bytes = 1'024;
  std::chrono::milliseconds timeout{5'000};
};

// Nothing when an argument is wrong; the reason is on stderr.
[[nodiscard]] std::optional<Options> parse(int argc, char** argv);

}  // namespace sy::openload
