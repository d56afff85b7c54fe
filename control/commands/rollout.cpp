#include <fstream>
#include <iterator>
#include <ostream>

#include "api/message.h"
#include "control/commands/shared.h"
#include "control/edge/pursuit.h"
#include "control/render/json.h"

namespace sy::control {
namespace {

constexpr Duration look_every = std::chrono::milliseconds{250};

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
  for (const auto& fault : parsed.error()) faults += " " + fault.pointer + ": " + fault.detail;
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

Stage stage_of(const std::string& phase) {
  if (phase == "shifting") return Stage::shifting;
  if (phase == "approval") return Stage::approval;
  return phase == "baking" ? Stage::baking : Stage::accepted;
}

// All proxies that answered are at least there.
bool reached(const std::vector<edge::Look>& round, Stage until) {
  for (const auto& look : round)
    if (!look.view || !look.view->rollout || stage_of(look.view->rollout->phase) < until)
      return false;
  return until != Stage::completed && !round.empty();
}

ExitCode finish(const Args& args, const Terminal& terminal, ExitCode code,
                const std::string& outcome, const std::string& why) {
  if (args.json)
    terminal.out << json_line({{"operation", "rollout"},
                               {"environment", args.environment},
                               {"outcome", outcome},
                               {"reason", why},
                               {"exit", static_cast<int>(code)}});
  if (!args.json) terminal.out << outcome << (why.empty() ? "" : ": " + printable(why)) << "\n";
  terminal.out << std::flush;
  return code;
}

ExitCode leave(const Args& args, const Terminal& terminal, ExitCode code) {
  return finish(args, terminal, code, "moving",
                "the rollout goes on, guarded by the proxies; switchctl status, pause or abort");
}

std::vector<edge::Look> look_at(const edge::Edge& edge) {
  std::vector<edge::Look> round;
  for (const auto& told : ask_all(edge, "/v1/rollout")) {
    round.push_back({told.proxy, std::nullopt});
    if (!told.body) continue;
    const auto view = api::decode_rollouts(*told.body);
    if (view) round.back().view = *view;
  }
  return round;
}

// Looks again and again. A proxy that does not answer is asked again: it may be starting anew.
ExitCode follow(const Args& args, Site& site, const Terminal& terminal, edge::Rollouts ids) {
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  edge::Pursuit pursuit{std::move(ids), site.configured().edge.patience};
  const Instant begun = site.pace().now();
  for (;;) {
    const auto round = look_at(**edge);
    for (const auto& line : pursuit.news(round, site.pace().now()))
      site.teller().tell({Note::Kind::progress, "rollout", line, pursuit.share(), {}});
    if (const auto& end = pursuit.over()) {
      const auto ended = end->outcome == "lost" ? ExitCode::failed : ExitCode::rolled_back;
      return finish(args, terminal, end->completed ? ExitCode::done : ended, end->outcome,
                    end->why);
    }
    if (reached(round, args.wait_until))
      return finish(args, terminal, ExitCode::done, "moving", pursuit.line());
    if (args.at_most && site.pace().now() - begun >= *args.at_most)
      return leave(args, terminal,
                   pursuit.inconclusive() ? ExitCode::inconclusive : ExitCode::timed_out);
    if (!site.pace().wait(look_every)) return leave(args, terminal, ExitCode::interrupted);
  }
}

}  // namespace

ExitCode roll_out(const Args& args, Site& site, const Terminal& terminal) {
  api::StartBody body;
  if (const std::string wrong = read_start(args, body); !wrong.empty())
    return usage(terminal, wrong);
  if (args.dry_run)
    return change(args, site, terminal,
                  {.method = "POST", .target = "/v1/rollouts", .body = api::encode(body)});
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  auto begun = (*edge)->start(body, new_key());
  if (!begun) return explain(args, begun.error(), terminal);
  for (const auto& [proxy, id] : *begun)
    site.teller().tell({Note::Kind::begun, "rollout", proxy + " began rollout " + id, 0, {}});
  if (args.wait_until == Stage::accepted)
    return finish(args, terminal, ExitCode::done, "moving", "accepted");
  return follow(args, site, terminal, std::move(*begun));
}

}  // namespace sy::control
