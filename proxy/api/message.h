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
  bool operator==(const StatusView&) const = default;
};

struct AppliedView {
  std::uint64_t generation = 0;
  std::string what{};
  bool changed = true;
  bool dry_run = false;
  bool replayed = false;
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

// Problem details (RFC 9457). `detail` says what is wrong and what to do; the rest what is true
// now.
struct Problem {
  int status = 500;
  std::string detail{};
  std::vector<Fault> faults{};
  std::optional<std::uint64_t> generation{};
  std::optional<PerColor<int>> weights{};  // 0.01 %
  std::string phase{};
  bool operator==(const Problem&) const = default;
};

[[nodiscard]] std::string encode(const StatusView& status);
[[nodiscard]] std::string encode(const AppliedView& applied);
[[nodiscard]] std::string encode(const JournalView& journal);
[[nodiscard]] std::string encode(const Problem& problem);
[[nodiscard]] Result<StatusView> decode_status(std::string_view text);
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

struct RollbackBody {
  std::string reason{};
  bool operator==(const RollbackBody&) const = default;
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

template <class T>
using Parsed = boost::system::result<T, std::vector<Fault>>;

// Every fault of a body at once. Unknown and repeated members are faults.
[[nodiscard]] Parsed<WeightsBody> parse_weights(std::string_view text);
[[nodiscard]] Parsed<SwitchBody> parse_switch(std::string_view text);
[[nodiscard]] Parsed<RollbackBody> parse_rollback(std::string_view text);  // may be empty
[[nodiscard]] Parsed<MaintenanceBody> parse_maintenance(std::string_view text);
[[nodiscard]] Parsed<UpstreamsBody> parse_upstreams(std::string_view text);
[[nodiscard]] std::string encode(const WeightsBody& body);
[[nodiscard]] std::string encode(const SwitchBody& body);
[[nodiscard]] std::string encode(const RollbackBody& body);
[[nodiscard]] std::string encode(const MaintenanceBody& body);
[[nodiscard]] std::string encode(const UpstreamsBody& body);

inline constexpr std::size_t reason_bytes_max = 500;
inline constexpr std::size_t endpoints_max = 256;  // of one service

// "2024-01-01T10:00:00.000Z" (RFC 3339) both ways.
[[nodiscard]] std::string to_text(WallTime at);
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);
// "90", "12.5", "0.01": 0.01 % steps as a percent number, and back; nothing over 100 or finer.
[[nodiscard]] std::string percent_text(int weight);
[[nodiscard]] std::optional<int> parse_percent(std::string_view text);

}  // namespace sy::api
