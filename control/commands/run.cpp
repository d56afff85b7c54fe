#include <algorithm>
#include <array>
#include <ostream>
#include <random>

#include "api/message.h"
#include "commands/commands.h"
#include "render.h"

namespace sy::control {
namespace {

ExitCode run_on(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  switch (args.verb) {
    case Verb::status: return show_status(args, proxy, terminal);
    case Verb::weights: return set_weights(args, proxy, terminal);
    case Verb::switch_: return switch_color(args, proxy, terminal);
    case Verb::rollback: return roll_back(args, proxy, terminal);
    case Verb::maintenance: return set_maintenance(args, proxy, terminal);
    case Verb::upstreams: return set_upstreams(args, proxy, terminal);
    case Verb::journal: return show_journal(args, proxy, terminal);
    case Verb::events: return follow_events(args, proxy, terminal);
    case Verb::watch: return watch(args, proxy, terminal);
    case Verb::rollout: return roll_out(args, proxy, terminal);
    case Verb::promote:
    case Verb::approve:
    case Verb::pause:
    case Verb::resume:
    case Verb::abort: return steer(args, proxy, terminal);
    case Verb::history:
    case Verb::dora: return show_report(args, proxy, terminal);
    case Verb::deploy:
    case Verb::versions:
    case Verb::drill:
    case Verb::verify:
    case Verb::diff:
    case Verb::doctor:
    case Verb::logs:
    case Verb::restart:
    case Verb::scale:
    case Verb::lock:
    case Verb::unlock:
    case Verb::completion: break;
  }
  return ExitCode::usage;
}

// Names this invocation, so that a change that was answered but not heard is not made twice.
std::string new_key() {
  std::random_device random;
  std::string key = "switchctl-";
  for (int i = 0; i < 32; ++i) key += "0123456789abcdef"[random() % 16];
  return key;
}

bool is_built(const Args& args) {
  constexpr std::array missing{Verb::deploy, Verb::versions, Verb::drill,  Verb::verify,
                               Verb::diff,   Verb::doctor,   Verb::logs,   Verb::restart,
                               Verb::scale,  Verb::lock,     Verb::unlock, Verb::completion};
  if (args.verb == Verb::rollback && !args.version.empty()) return false;
  return std::find(missing.begin(), missing.end(), args.verb) == missing.end();
}

ExitCode exit_for(int status) {
  if (status == 401 || status == 403) return ExitCode::forbidden;
  if (status == 409 || status == 412) return ExitCode::refused;
  return ExitCode::failed;
}

}  // namespace

ExitCode run(const Args& args, const Terminal& terminal) {
  if (!is_built(args)) return usage(terminal, "this is not built yet");
  auto urls = args.proxies;
  const bool here = args.environment == "local" || args.environment == "demo";
  if (urls.empty() && !here)
    return usage(terminal, "the environment \"" + args.environment +
                               "\" is not known: name its proxies with --proxy URL");
  if (urls.empty()) urls.emplace_back("http://127.0.0.1:9900");
  for (const auto& url : urls) {
    const edge::ProxyClient proxy{{url, "", args.token, args.ca, args.timeout}};
    if (urls.size() > 1 && !args.json) terminal.out << url << ":\n";
    const ExitCode code = run_on(args, proxy, terminal);
    if (code != ExitCode::done) return code;
  }
  return ExitCode::done;
}

ExitCode usage(const Terminal& terminal, std::string_view what) {
  terminal.err << "switchctl: " << what << "\n";
  return ExitCode::usage;
}

ExitCode explain(const Error& error, const Terminal& terminal) {
  terminal.err << "switchctl: " << error.what << "\n";
  if (error.status == 400) return ExitCode::usage;
  return error.status == 504 ? ExitCode::timed_out : ExitCode::failed;
}

ExitCode explain(const edge::Answer& answer, const Terminal& terminal) {
  const auto problem = api::decode_problem(answer.body);
  terminal.err << "switchctl: "
               << (problem ? render(*problem)
                           : "the proxy answered " + std::to_string(answer.status) + "\n");
  return exit_for(answer.status);
}

ExitCode change(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal,
                edge::Call call) {
  return try_change(args, proxy, terminal, std::move(call)).code;
}

Changed try_change(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal,
                   edge::Call call) {
  call.fields.emplace_back("Idempotency-Key", new_key());
  if (args.dry_run) call.target += "?dry_run=true";
  const auto answer = proxy.call(call);
  if (!answer) return {explain(answer.error(), terminal)};
  if (answer->status != 200 && answer->status != 202) return {explain(*answer, terminal)};
  auto applied = api::decode_applied(answer->body);
  if (!applied) return {explain(applied.error(), terminal)};
  terminal.out << (args.json ? answer->body + "\n" : render(*applied)) << std::flush;
  return {ExitCode::done, std::move(*applied)};
}

}  // namespace sy::control
