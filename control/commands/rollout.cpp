#include <fstream>
#include <iterator>
#include <ostream>

#include "api/message.h"
#include "commands/commands.h"
#include "following.h"
#include "interrupt.h"

namespace sy::control {
namespace {

constexpr Duration look_every = std::chrono::milliseconds{250};
constexpr auto draw_over = "\r\x1b[K";

// An empty text, or what is wrong.
std::string read_plan(const std::string& plan, api::StartBody& body) {
  const bool named = plan.find('/') == plan.npos && !plan.ends_with(".json");
  if (named) return body.plan_name = plan, std::string{};
  std::ifstream file{plan};
  if (!file) return plan + " cannot be read";
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto parsed = api::parse_plan(text);
  if (parsed) return body.plan = std::move(*parsed), std::string{};
  std::string faults = plan + " is not a plan:";
  for (const auto& fault : parsed.error()) faults += "\n  " + fault.pointer + ": " + fault.detail;
  return faults;
}

std::string read_start(const Args& args, api::StartBody& body) {
  const auto color = parse_color(args.words.front());
  if (!color) return "\"" + args.words.front() + "\" is neither blue nor green";
  if (args.words.size() < 2 && !args.any_version)
    return "which version? Name it, or say --any-version";
  body.color = *color;
  body.version = args.words.size() < 2 ? "" : args.words[1];
  body.any_version = args.any_version;
  body.reason = args.reason;
  if (!args.committed.empty()) body.committed = api::parse_time(args.committed);
  if (!args.committed.empty() && !body.committed)
    return "--committed must be a time like 2024-01-01T10:00:00Z, got \"" + args.committed + "\"";
  return read_plan(args.plan, body);
}

// Says what is new; on a terminal a bar follows that the next line draws over.
void tell(const Terminal& terminal, const std::string& news, const api::RolloutsView& now) {
  if (terminal.live) terminal.out << draw_over;
  terminal.out << news;
  if (terminal.live && now.rollout) terminal.out << progress(now);
  terminal.out << std::flush;
}

ExitCode leave(const Following& following, const Terminal& terminal, ExitCode code) {
  if (terminal.live) terminal.out << "\n" << std::flush;
  terminal.err << "switchctl: " << following.left_running();
  return code;
}

// Looks again and again. A proxy that does not answer is asked again: it may be starting anew.
ExitCode follow(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal,
                Following following) {
  const SystemTime time;
  const Instant begun = time.now();
  Interrupt interrupt;
  bool unreachable = false;
  while (true) {
    const auto answer = proxy.call({.target = "/v1/rollout"});
    if (answer && (answer->status == 401 || answer->status == 403))
      return explain(*answer, terminal);
    const auto now = answer && answer->status == 200 ? api::decode_rollouts(answer->body)
                                                     : Result<api::RolloutsView>{Error{}};
    if (now) {
      const std::string news = following.news(*now);
      if (!args.json) tell(terminal, news, *now);
      if (args.json && !news.empty()) terminal.out << answer->body << "\n" << std::flush;
    }
    if (!now && !unreachable)
      terminal.err << "switchctl: " << proxy.url() << " does not answer; trying again\n";
    unreachable = !now;
    if (following.over()) {
      if (terminal.live && !args.json && now->rollout) terminal.out << "\n" << std::flush;
      return *following.over();
    }
    if (args.at_most && time.now() - begun >= *args.at_most)
      return leave(following, terminal, following.late());
    if (!interrupt.wait(look_every)) return leave(following, terminal, ExitCode::interrupted);
  }
}

}  // namespace

ExitCode roll_out(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  api::StartBody body;
  if (const std::string wrong = read_start(args, body); !wrong.empty())
    return usage(terminal, wrong);
  const auto changed =
      try_change(args, proxy, terminal,
                 {.method = "POST", .target = "/v1/rollouts", .body = api::encode(body)});
  if (!changed.applied || args.dry_run || args.wait_until == Stage::accepted) return changed.code;
  return follow(args, proxy, terminal, Following{changed.applied->rollout, args.wait_until});
}

}  // namespace sy::control
