// How a rollout goes: its plan of holds, and the plans that have names.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace sy::rollout {

// n_min of decide.md: ln(1/0.05)/0.01, the clean requests that bound a failure rate under 1 % at
// 95 % confidence.
inline constexpr std::uint64_t requests_default = 300;

// A share of the traffic, and what must have passed before the next one.
struct Hold {
  int weight = 0;  // 0.01 %
  Duration at_least{};
  std::uint64_t requests = requests_default;  // completed by the candidate in this hold; at least 1
  bool operator==(const Hold&) const = default;
};

struct Approval {
  int before = 10'000;  // 0.01 %: entering the hold of this weight, or more, needs an approver
  Duration timeout = std::chrono::hours{24};  // then the rollout reverts; also how long an approval
                                              // given ahead is good for
  bool operator==(const Approval&) const = default;
};

// What a hold does whose time has passed without its requests.
enum class WhenQuiet : std::uint8_t { hold, advance, revert };

struct Plan {
  std::string name{};
  std::vector<Hold> holds{};                        // weights rise; the last is 10 000: the bake
  Duration gate_timeout = std::chrono::minutes{5};  // for the candidate's gate to open with the
                                                    // version expected; zero: it must be open now
  std::optional<Approval> approval{};
  WhenQuiet when_quiet = WhenQuiet::hold;
  bool operator==(const Plan&) const = default;
};

inline constexpr std::size_t holds_max = 32;
inline constexpr Duration hold_max = std::chrono::hours{24 * 30};
// What is wrong with a plan, in words that name the hold ("holds[2]: 10 % does not rise over 50
// %"); status 422.
[[nodiscard]] Result<> check(const Plan& plan);

// canary (1, 10, 50, 100 %), linear (10 % steps), switch (100 %, baked ten minutes), rehearsal (as
// canary, in seconds and few requests).
[[nodiscard]] const std::map<std::string, Plan>& named_plans();

struct Options {
  std::map<std::string, Plan> plans = named_plans();  // configuration adds and replaces
  std::string standard = "canary";  // when the call names none; "default" once rollout.holds is set
  bool operator==(const Options&) const = default;
};

}  // namespace sy::rollout
