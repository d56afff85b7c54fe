// The toy application of the demo, the rehearsal and the bench: one service of one color, with
// knobs that make it ill. Runs on a thread of its own; every member may be called from any other
// thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/color.h"
#include "base/error.h"
#include "base/time.h"
#include "base/version.h"

namespace sy::demo {

struct Knobs {
  double error_rate = 0;  // exactly this share of requests is answered with error_status
  int error_status = 500;
  double reset_rate = 0;      // this share loses its connection after the head and half of the body
  bool reset_early = false;   // … or before the first byte of the answer
  double hang_rate = 0;       // this share is never answered
  std::string error_path{};   // the three rates are of requests whose path begins so
  std::string error_field{};  // "Name: value": … and that carry exactly this field; empty: all
  int latency_ms = 0;         // before every answer but those of knobs and counts
  bool healthy = true;        // what the health path says
  bool crashed = false;       // no listener; connections were reset
  Version version{};          // as reported; empty: the one it was started with
  bool operator==(const Knobs&) const = default;
};

// The knobs after a JSON object such as {"error_rate":0.2,"crash":true}; "revive":true undoes a
// crash. Unknown members and values out of range are refused (422), and then nothing changes.
[[nodiscard]] Result<Knobs> turn(const Knobs& knobs, std::string_view json);
[[nodiscard]] std::string to_json(const Knobs& knobs);

// Since the knobs were turned last; probes are not in it. Instants are of CLOCK_MONOTONIC, which
// all programs of a machine share.
struct Counts {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;  // spoilt on purpose, counted as they were answered, reset or left
  std::uint64_t delayed = 0;   // by latency_ms
  Instant turned{};
  std::optional<Instant> first_failure{};
  WallTime first_failure_wall{};  // the same moment, for comparison with records
  std::optional<Instant> last_failure{};
  std::optional<Instant> first_delayed{};  // when its delay began
};

struct AppOptions {
  std::string service = "backend";  // or "frontend"
  std::string app = "pms";
  Color color = Color::blue;
  Version version = "v20240101-abc1234";
  std::string git_sha = "abc1234";
  std::string environment = "local";
  std::string build_time = "2024-01-01T12:00:00Z";
  std::string address = "127.0.0.1";  // numeric, of the traffic port; "0.0.0.0" in a container
  std::uint16_t port = 0;             // 0: the kernel chooses
  std::uint16_t knobs_port = 0;       // of 127.0.0.1; serves nothing but /_demo/knobs and
                                      // /_demo/counts, and survives a crash
  Knobs knobs{};
};

class ToyApp {
 public:
  // Listens before it returns; throws boost::system::system_error when it cannot.
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
  [[nodiscard]] Counts counts() const;

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace sy::demo
