// The toy application of the demo, the rehearsal and the bench: one service of one color, with
// knobs that make it ill. Runs on a thread of its own; every member may be called from any other
// thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/color.h"
#include "base/error.h"
#include "base/version.h"

namespace sy::demo {

struct Knobs {
  double error_rate = 0;  // exactly this share of requests is answered with error_status
  int error_status = 500;
  int latency_ms = 0;    // before every answer but those of knobs
  bool healthy = true;   // what the health path says
  bool crashed = false;  // no listener; connections were reset
  Version version{};     // as reported; empty: the one it was started with
  bool operator==(const Knobs&) const = default;
};

// The knobs after a JSON object such as {"error_rate":0.2,"crash":true}; "revive":true undoes a
// crash. Unknown members and values out of range are refused (422), and then nothing changes.
[[nodiscard]] Result<Knobs> turn(const Knobs& knobs, std::string_view json);
[[nodiscard]] std::string to_json(const Knobs& knobs);

struct AppOptions {
  std::string service = "backend";  // or "frontend"
  std::string app = "pms";
  Color color = Color::blue;
  Version version = "v20240101-abc1234";
  std::string git_sha = "abc1234";
  std::string environment = "local";
  std::string build_time = "2024-01-01T12:00:00Z";
  std::uint16_t port = 0;        // 0: the kernel chooses
  std::uint16_t knobs_port = 0;  // serves nothing but /_demo/knobs, and survives a crash
  Knobs knobs{};
};

class ToyApp {
 public:
  // Listens on 127.0.0.1 before it returns; throws boost::system::system_error when it cannot.
  explicit ToyApp(AppOptions options);
  ToyApp(const ToyApp&) = delete;
  ToyApp& operator=(const ToyApp&) = delete;
  ~ToyApp();  // resets what is open and waits for its thread

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;        // "http://127.0.0.1:40001"
  [[nodiscard]] std::string knobs_url() const;  // where knobs can be turned, crashed or not
  // Complete when they have taken effect.
  void apply(Knobs knobs);
  void crash();   // closes the listener and resets every connection
  void revive();  // listens on the same port again
  [[nodiscard]] Knobs knobs() const;
  [[nodiscard]] std::uint64_t requests() const;  // answered or failed on purpose, probes left out

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sy::demo
