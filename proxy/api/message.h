// What the control API says on the wire, as values, and the JSON each one is. Shared by the server
// and by switchctl; knows no sockets and no director.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/color.h"
#include "base/error.h"
#include "base/time.h"

namespace sy::api {

// --- answers ---------------------------------------------------------------------------------

struct Identity {  // what an endpoint says it is; absent members are empty
  std::string version{};
  std::string git_sha{};
  std::string environment{};
  std::string build_time{};
  std::string service{};
  bool operator==(const Identity&) const = default;
};

struct GateView {
  std::string service{};
  Color color = Color::blue;
  std::string url{};
  bool open = false;
  std::string reason{};
  double took_ms = 0;
  WallTime since{};
  Identity identity{};
  bool operator==(const GateView&) const = default;
};

struct ColorView {
  std::string version{};
  bool open = false;
  std::string why{};
  int weight = 0;     // 0.01 %; percent on the wire
  int effective = 0;  // likewise
  double requests_per_second = 0;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  std::int64_t in_flight = 0;
  std::string verdict{};
  bool operator==(const ColorView&) const = default;
};

using Endpoints = std::map<std::string, std::vector<std::string>>;  // service → urls

struct HoldView {
  int weight = 0;  // 0.01 %; "percent" on the wire, as everywhere
  double for_seconds = 0;
  std::uint64_t requests = 0;
  bool operator==(const HoldView&) const = default;
};

struct ApprovalView {
  int before = 0;  // 0.01 %: holds of this weight, or more, need one
  double timeout_seconds = 0;
  std::string approved_by{};  // empty, null on the wire: nobody
  std::optional<WallTime> approved_until{};
  bool operator==(const ApprovalView&) const = default;
};

struct RolloutView {
  std::string id{};
  Color color = Color::green;
  std::string version{};
  std::string plan{};
  std::string phase{};     // "gating", "shifting", "approval", "baking"
  std::uint64_t hold = 0;  // of holds, from 1: in force, or to be entered
  std::vector<HoldView> holds{};
  int weight = 0;  // of the candidate now, 0.01 %
  double held_seconds = 0;
  double left_seconds = 0;
  std::uint64_t requests = 0;         // completed in this hold
  std::uint64_t requests_needed = 0;  // still to come in it
  bool paused = false;
  std::string standing{};  // what holds it, in words
  WallTime started{};
  std::string actor{};
  std::string reason{};
  std::optional<ApprovalView> approval{};
  bool operator==(const RolloutView&) const = default;
};

struct EndedView {  // how the last rollout ended
  std::string id{};
  Color color = Color::green;
  std::string version{};
  std::string outcome{};  // "completed", "reverted", "aborted"
  std::string why{};
  WallTime at{};
  bool operator==(const EndedView&) const = default;
};

struct VerdictView {
  std::string kind{};  // "none", "inconclusive", "healthy", "suspect", "breach", "shared"
  std::string words{};
  std::string test{};  // "A" to "E", of a breach
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::uint64_t charged = 0;
  std::uint64_t needed = 0;
  double absolute = 0;
  double relative = 0;
  double slower = 0;
  std::uint64_t pairs_for = 0;
  std::uint64_t pairs_against = 0;
  std::uint64_t hard_in_a_row = 0;
  double tolerated_percent = 0;
  bool live_alarming = false;
  bool operator==(const VerdictView&) const = default;
};

struct BaselineView {  // live's own failure rate, as learned
  double requests = 0;
  double failures = 0;
  double upper_percent = 100;
  std::optional<WallTime> learned{};
  bool operator==(const BaselineView&) const = default;
};

struct StatusView {
  std::string app{};
  std::string environment{};
  std::string phase{};
  Color live = Color::blue;
  std::optional<Color> previous{};
  bool maintenance = false;
  PerColor<ColorView> colors{};
  PerColor<Endpoints> upstreams{};  // put by the API in place of the configured ones
  std::vector<GateView> gates{};
  std::uint64_t generation = 0;
  WallTime since{};
  std::string note{};
  std::optional<RolloutView> rollout{};
  std::optional<EndedView> last_rollout{};
  VerdictView verdict{};
  BaselineView baseline{};
  bool guarded = true;  // a breach takes back weights set by hand
  bool operator==(const StatusView&) const = default;
};

// Of GET /v1/rollout: a part of the status.
struct RolloutsView {
  std::optional<RolloutView> rollout{};
  std::optional<EndedView> last_rollout{};
  VerdictView verdict{};
  bool operator==(const RolloutsView&) const = default;
};

struct AppliedView {
  std::uint64_t generation = 0;
  std::string what{};
  bool changed = true;
  bool dry_run = false;
  bool replayed = false;
  std::string rollout{};  // id of the one that runs now; empty, null on the wire: none
  bool operator==(const AppliedView&) const = default;
};

struct EntryView {
  std::uint64_t sequence = 0;
  WallTime at{};
  std::string actor{};
  std::string action{};
  std::string reason{};
  std::string detail{};
  std::string request{};
  std::uint64_t generation = 0;
  std::map<std::string, std::string> fields{};  // what the entry says for machines
  std::string previous{};
  std::string hash{};
  bool operator==(const EntryView&) const = default;
};

struct JournalView {
  std::vector<EntryView> entries{};  // oldest first
  std::uint64_t next = 0;            // ask with ?after= this for what follows
  bool more = false;                 // there is more already
  bool operator==(const JournalView&) const = default;
};

// One thing wrong with a request body. `pointer` is a JSON Pointer (RFC 6901), empty for the whole.
struct Fault {
  std::string pointer{};
  std::string detail{};
  bool operator==(const Fault&) const = default;
};

struct ProblemRollout {
  std::string id{};
  std::string phase{};
  int weight = 0;  // of the candidate, 0.01 %
  bool operator==(const ProblemRollout&) const = default;
};

// Problem details (RFC 9457). `detail` says what is wrong and what to do; the rest what is true
// now.
struct Problem {
  int status = 500;
  std::string detail{};
  std::vector<Fault> faults{};
  std::optional<std::uint64_t> generation{};
  std::optional<PerColor<int>> weights{};  // 0.01 %
  std::string phase{};
  std::optional<ProblemRollout> rollout{};  // the one that runs
  bool operator==(const Problem&) const = default;
};

[[nodiscard]] std::string encode(const StatusView& status);
[[nodiscard]] std::string encode(const RolloutsView& rollouts);
[[nodiscard]] std::string encode(const AppliedView& applied);
[[nodiscard]] std::string encode(const JournalView& journal);
[[nodiscard]] std::string encode(const Problem& problem);
[[nodiscard]] Result<StatusView> decode_status(std::string_view text);
[[nodiscard]] Result<RolloutsView> decode_rollouts(std::string_view text);
[[nodiscard]] Result<AppliedView> decode_applied(std::string_view text);
[[nodiscard]] Result<JournalView> decode_journal(std::string_view text);
[[nodiscard]] Result<Problem> decode_problem(std::string_view text);

// "conflict" for 409: the last part of a problem's type, urn:switchyard:problem:conflict.
[[nodiscard]] std::string_view problem_slug(int status);
[[nodiscard]] std::string_view problem_title(int status);

// --- requests --------------------------------------------------------------------------------

struct WeightsBody {
  PerColor<int> weight{};  // 0.01 %
  bool force = false;
  std::string reason{};
  bool operator==(const WeightsBody&) const = default;
};

struct SwitchBody {
  Color color = Color::blue;
  bool force = false;
  std::string reason{};
  bool operator==(const SwitchBody&) const = default;
};

struct ReasonBody {  // of a rollback, and of a rollout's pause, resume and abort
  std::string reason{};
  bool operator==(const ReasonBody&) const = default;
};

struct MaintenanceBody {
  bool on = false;
  std::string reason{};
  bool operator==(const MaintenanceBody&) const = default;
};

struct UpstreamsBody {
  Endpoints endpoints{};
  bool force = false;
  std::string reason{};
  bool operator==(const UpstreamsBody&) const = default;
};

struct HoldBody {
  int weight = 0;  // 0.01 %
  Duration at_least{};
  std::optional<std::uint64_t> requests{};
  bool operator==(const HoldBody&) const = default;
};

struct ApprovalBody {
  std::optional<int> before{};  // 0.01 %
  std::optional<Duration> timeout{};
  bool operator==(const ApprovalBody&) const = default;
};

// A plan given in the call. What it leaves out is as for a plan of the configuration.
struct PlanBody {
  std::vector<HoldBody> holds{};
  std::optional<Duration> gate_timeout{};
  std::optional<ApprovalBody> approval{};
  std::string when_quiet{};  // "hold", "advance", "revert"; empty: not said
  bool operator==(const PlanBody&) const = default;
};

struct StartBody {
  Color color = Color::green;
  std::string version{};  // needed unless any_version, and then of any form
  bool any_version = false;
  std::string plan_name{};
  std::optional<PlanBody> plan{};          // instead of a name
  std::optional<ApprovalBody> approval{};  // beside the plan's; the earlier `before` counts
  std::optional<WallTime> committed{};
  std::string reason{};
  bool operator==(const StartBody&) const = default;
};

struct PromoteBody {
  std::string version{};  // empty: whichever runs
  std::string reason{};
  bool operator==(const PromoteBody&) const = default;
};

struct ApproveBody {
  std::string version{};
  std::string reason{};
  bool operator==(const ApproveBody&) const = default;
};

template <class T>
using Parsed = boost::system::result<T, std::vector<Fault>>;

// Every fault of a body at once. Unknown and repeated members are faults.
[[nodiscard]] Parsed<WeightsBody> parse_weights(std::string_view text);
[[nodiscard]] Parsed<SwitchBody> parse_switch(std::string_view text);
[[nodiscard]] Parsed<ReasonBody> parse_reason(std::string_view text);  // may be empty
[[nodiscard]] Parsed<MaintenanceBody> parse_maintenance(std::string_view text);
[[nodiscard]] Parsed<UpstreamsBody> parse_upstreams(std::string_view text);
[[nodiscard]] Parsed<StartBody> parse_start(std::string_view text);
[[nodiscard]] Parsed<PromoteBody> parse_promote(std::string_view text);  // may be empty
[[nodiscard]] Parsed<ApproveBody> parse_approve(std::string_view text);
// A plan alone, as in a file.
[[nodiscard]] Parsed<PlanBody> parse_plan(std::string_view text);
[[nodiscard]] std::string encode(const WeightsBody& body);
[[nodiscard]] std::string encode(const SwitchBody& body);
[[nodiscard]] std::string encode(const ReasonBody& body);
[[nodiscard]] std::string encode(const MaintenanceBody& body);
[[nodiscard]] std::string encode(const UpstreamsBody& body);
[[nodiscard]] std::string encode(const StartBody& body);
[[nodiscard]] std::string encode(const PromoteBody& body);
[[nodiscard]] std::string encode(const ApproveBody& body);
[[nodiscard]] std::string encode(const PlanBody& body);

inline constexpr std::size_t reason_bytes_max = 500;
inline constexpr std::size_t endpoints_max = 256;  // of one service
inline constexpr std::size_t version_bytes_max = 128;
inline constexpr std::size_t plan_name_bytes_max = 64;

// "2024-01-01T10:00:00.000Z", and back from any time of RFC 3339, for years 0 to 9999.
[[nodiscard]] std::string to_text(WallTime at);
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);
// "90", "12.5", "0.01": 0.01 % steps as a percent number, and back; nothing over 100 or finer.
[[nodiscard]] std::string percent_text(int weight);
[[nodiscard]] std::optional<int> parse_percent(std::string_view text);
// "800ms", "30s", "1m30s", "2h", "1d": units biggest first, at most 366 days.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

}  // namespace sy::api
