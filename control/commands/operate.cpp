#include "control/commands/operate.h"

#include <boost/json/object.hpp>
#include <ostream>

#include "control/commands/claiming.h"
#include "control/commands/shared.h"
#include "control/github.h"
#include "control/records/myself.h"
#include "control/render/json.h"
#include "control/terms/commit.h"

namespace sy::control {
namespace {

namespace json = boost::json;

deploy::Who who_of(Site& site) {
  const auto self = self_of(site);
  deploy::Who who{.host = self.host, .pid = self.pid, .run = self.run};
  who.nonce = records::fresh_nonce();
  const auto& environment = site.environment();
  const auto server = environment("GITHUB_SERVER_URL");
  const auto repository = environment("GITHUB_REPOSITORY");
  const auto run = environment("GITHUB_RUN_ID");
  if (server && repository && run)
    who.run_url = *server + "/" + *repository + "/actions/runs/" + *run;
  return who;
}

void print_plan(const Args& args, const Terminal& terminal, const deploy::Plan& plan) {
  json::array steps;
  if (!args.json) terminal.out << plan.said << "\n";
  for (const auto& step : plan.steps) {
    const std::string name{deploy::name(step.step)};
    steps.push_back({{"step", name}, {"what", step.what}, {"undo", step.undo}});
    if (args.json) continue;
    terminal.out << "  " << name << ": " << step.what
                 << (step.undo.empty() ? "" : " (undo: " + step.undo + ")") << "\n";
  }
  if (args.json)
    terminal.out << json_line(json::object{{"plan", plan.said}, {"steps", std::move(steps)}});
}

deploy::Ended plan_only(const Args& args, const Terminal& terminal, const deploy::World& world,
                        deploy::Who who, const deploy::Asked& asked) {
  const auto prepared = deploy::prepare(world, who, asked);
  if (!prepared) return deploy::refused(asked.wish, prepared.error());
  deploy::Ended end{ExitCode::done, "planned", "nothing was changed"};
  end.op = asked.wish.op;
  end.version = prepared->plan.version;
  end.color = prepared->plan.live;
  if (!prepared->journal) {
    print_plan(args, terminal, prepared->plan);
    return end;
  }
  const auto& journal = *prepared->journal;
  end.version = asked.wish.version;
  end.color = journal.live;
  end.what = "the " + journal.op + " of " + journal.version + " stopped at step " +
             std::string(deploy::name(journal.step)) +
             "; it would be carried on, or taken back first; nothing was changed";
  return end;
}

json::object result_of(const deploy::Ended& ended, const Site& site) {
  json::object deployments;
  for (const auto& [service, id] : ended.deployments) deployments[service] = id;
  json::object took;
  for (const auto& [step, duration] : ended.took)
    took[step] = std::chrono::duration<double>(duration).count();
  return {{"operation", ended.op},
          {"environment", site.name()},
          {"version", ended.version},
          {"previous", ended.previous},
          {"color", name(ended.color)},
          {"outcome", ended.outcome},
          {"exit", static_cast<int>(ended.exit)},
          {"what", ended.what},
          {"reason", ended.what},
          {"next", ended.next},
          {"epoch", ended.epoch},
          {"deployments", std::move(deployments)},
          {"took_seconds", std::move(took)}};
}

void tell_github(Site& site, const Terminal& terminal, const deploy::Ended& ended) {
  std::string ids;
  for (const auto& [service, id] : ended.deployments)
    ids += (ids.empty() ? "" : ",") + service + "=" + id;
  const std::string color{name(ended.color)};
  const github::Outputs outputs{{"version", ended.version},
                                {"previous", ended.previous},
                                {"color", color},
                                {"outcome", ended.outcome},
                                {"deployments", ids}};
  std::string table = "| " + ended.op + " | " + github::markdown(site.name()) +
                      " |\n|---|---|\n| outcome | **" + ended.outcome + "** |\n";
  for (const auto& [label, value] : outputs)
    if (label != "outcome" && !value.empty())
      table += "| " + label + " | " + github::markdown(value) + " |\n";
  table += "\n" + github::markdown(ended.what) + "\n";
  if (const auto why = github::write(site.environment(), outputs, table))
    terminal.err << "switchctl: " << *why << "\n";
  if (ended.exit != ExitCode::done && github::is_workflow(site.environment()))
    terminal.err << github::command("error", ended.op + " of " + site.name(), ended.what);
}

}  // namespace

Try<deploy::Asked> asked_of(const Args& args, const Site& site) {
  deploy::Asked asked;
  asked.wish.version = args.version;
  asked.wish.git_sha = args.git_sha.empty() ? commit_of(args.version) : args.git_sha;
  asked.wish.force = args.force;
  asked.wish.fast = args.fast;
  asked.limits.reason = args.reason;
  asked.limits.any_version = args.any_version;
  asked.limits.keep_warm = args.keep_warm;
  asked.limits.approve = args.approve;
  if (args.at_most) asked.limits.until = site.pace().now() + *args.at_most;
  if (!args.committed.empty()) {
    asked.limits.committed = api::parse_time(args.committed);
    if (!asked.limits.committed)
      return Failure{
          ExitCode::usage,
          "--committed must be a time like 2024-01-01T10:00:00Z, got \"" + args.committed + "\""};
  }
  asked.alive = records::alive;
  return asked;
}

deploy::Ended operate(const Args& args, Site& site, const Terminal& terminal,
                      const deploy::Asked& asked) {
  const auto edge = site.edge();
  if (!edge) return deploy::refused(asked.wish, edge.error());
  const auto platform = site.platform();
  if (!platform) return deploy::refused(asked.wish, platform.error());
  const auto ledger = site.ledger();
  if (!ledger) return deploy::refused(asked.wish, ledger.error());
  const deploy::World world{site.configured().app,
                            site.name(),
                            site.configured().deploy,
                            site.configured().services,
                            site.configured().edge,
                            **edge,
                            **platform,
                            **ledger,
                            site.pace(),
                            site.teller()};
  auto who = who_of(site);
  if (args.dry_run) return plan_only(args, terminal, world, std::move(who), asked);
  return deploy::conduct(world, std::move(who), asked);
}

ExitCode tell_end(const Args& args, Site& site, const Terminal& terminal,
                  const deploy::Ended& ended) {
  const bool good = ended.exit == ExitCode::done;
  if (args.json) {
    terminal.out << json_line(result_of(ended, site)) << std::flush;
  } else if (good) {
    terminal.out << ended.op << " of " << site.name() << " " << ended.outcome << ": " << ended.what
                 << "\n"
                 << std::flush;
  }
  if (!good) terminal.err << "switchctl: " << ended.outcome << ": " << ended.what << "\n";
  if (!ended.next.empty() && !args.json)
    (good ? terminal.out : terminal.err) << ended.next << "\n" << std::flush;
  if (!args.dry_run) tell_github(site, terminal, ended);
  return ended.exit;
}

}  // namespace sy::control
