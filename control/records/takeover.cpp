#include "control/records/takeover.h"

#include <charconv>
#include <optional>

#include "control/records/claim_text.h"
#include "control/records/text.h"

namespace sy::control::records {
namespace {

struct Run {
  std::string_view id;
  int attempt = 0;
};

// "8123456789/2"
std::optional<Run> parse_run(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  Run run{text.substr(0, slash), 0};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, run.attempt);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return run;
}

bool earlier_attempt(const std::string& held, const std::string& mine) {
  const auto then = parse_run(held);
  const auto now = parse_run(mine);
  return then && now && then->id == now->id && then->attempt < now->attempt;
}

bool gone(const Claim& held, const Self& self, const std::function<bool(std::int64_t)>& alive) {
  if (held.host.empty() || held.host != self.host || held.pid <= 0) return false;
  // Our own number in a claim that is not ours: whoever had it before us is gone.
  return held.pid == self.pid || !alive(held.pid);
}

std::string lasting(Duration duration) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(duration).count();
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / (24 * 60)) + " days";
}

}  // namespace

Takeover takeover(const Claim& held, const Self& self, WallTime now,
                  const std::function<bool(std::int64_t)>& alive) {
  if (held.phase == phase_released) return Takeover::free;
  if (held.expires && now > *held.expires) return Takeover::free;
  // A lock is meant to outlive the command that made it.
  if (held.op == "lock") return Takeover::locked;
  if (gone(held, self, alive) || earlier_attempt(held.run, self.run)) return Takeover::free;
  return Takeover::locked;
}

Failure locked_by(const Claim& held, const std::string& env, WallTime now) {
  std::string what = env + " is locked by " + (held.owner.empty() ? "somebody" : held.owner);
  what += " since " + time_text(held.since) + " (" + lasting(now - held.since) + ")";
  if (held.op == "lock") {
    if (!held.reason.empty()) what += ": " + held.reason;
    return {ExitCode::locked, what, "Ask them, or open it: switchctl unlock " + env};
  }
  what += ": " + (held.op.empty() ? "something" : held.op);
  if (!held.version.empty()) what += " of " + held.version;
  if (!held.phase.empty()) what += ", at step " + held.phase;
  if (!held.host.empty()) what += ", on " + held.host.substr(0, held.host.find(' '));
  if (!held.run.empty()) what += ", run " + held.run;
  return {ExitCode::locked, what,
          "Wait until it has ended; when it is surely dead: switchctl unlock " + env};
}

}  // namespace sy::control::records
