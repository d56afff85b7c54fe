// What is known of one environment at one moment, as plain values. Commands fill it in; what judges
// and what shows reads it. Knows no sockets, no AWS and no clock.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/message.h"
#include "base/color.h"
#include "base/time.h"
#include "control/platform/platform.h"
#include "control/records/ledger.h"
#include "control/terms/failure.h"

namespace sy::control {

// Nothing: was not asked. Else the answer, or why there is none.
template <class T>
using Asked = std::optional<Try<T>>;

template <class T>
[[nodiscard]] const T* known(const Asked<T>& asked) {
  return asked && asked->has_value() ? &**asked : nullptr;
}

template <class T>
[[nodiscard]] std::optional<Failure> missing(const Asked<T>& asked) {
  if (!asked || asked->has_value()) return std::nullopt;
  return asked->error();
}

struct ProxyFacts {
  std::string url{};
  Try<api::StatusView> status{Failure{}};
};

using Place = std::pair<std::string, Color>;  // a service in a color

struct Facts {
  std::string environment{};
  WallTime now{};
  std::string platform{};         // "ecs", "compose", "static"
  bool versions_reported = true;  // the application says which version it is
  std::string record_at{};        // where the record is kept
  bool claim_free = false;        // the open claim, if any, may be taken over
  Asked<records::Seen> seen{};
  Asked<platform::Caller> caller{};
  Asked<platform::Observation> observation{};
  std::vector<ProxyFacts> proxies{};
  std::map<Place, std::vector<std::string>> events{};  // why it does not get on, newest first
};

// --- what follows from them ---

[[nodiscard]] std::vector<const api::StatusView*> reachable(const Facts& facts);
[[nodiscard]] const records::Record* record_of(const Facts& facts);
[[nodiscard]] const records::Claim* claim_of(const Facts& facts);
// The color that all proxies in reach call live; nothing when they disagree or none is in reach.
[[nodiscard]] std::optional<Color> live_color(const Facts& facts);
// "all on blue", "blue 90 %, green 10 %", "not the same on every proxy", "not known: …".
[[nodiscard]] std::string traffic_text(const Facts& facts);
// Some proxy in reach sends clients there, or would: weight above 0.
[[nodiscard]] bool has_traffic(const Facts& facts, Color color);
// What is out of reach, each in one sentence: "the record: access denied".
[[nodiscard]] std::vector<std::string> out_of_reach(const Facts& facts);
// What to exit with when parts are out of reach: done, or the code of the first that is missing.
[[nodiscard]] ExitCode reach_code(const Facts& facts);

// Somebody is at work, or stopped: who, since when, at which step, and what to run. Nothing when no
// claim is open.
struct Standing {
  bool at_work = false;  // or locked by hand; false: it stopped
  std::string what{};    // "deploy of v… stopped at step rollout; traffic is all on blue"
  std::vector<std::string> run{};  // commands, the likeliest first
};
[[nodiscard]] std::optional<Standing> standing(const Facts& facts);

}  // namespace sy::control
