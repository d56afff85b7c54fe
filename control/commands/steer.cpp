#include <ostream>

#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {
namespace {

edge::Call step(std::string_view name, std::string body) {
  return {.method = "POST",
          .target = "/v1/rollout/" + std::string(name),
          .fields = {},
          .body = std::move(body)};
}

// Where several proxies are, some may have ended their rollout by themselves: the others are what
// is to be aborted.
ExitCode abort_all(const Args& args, const edge::Edge& edge, const Terminal& terminal) {
  const auto aborted = edge.abort(args.reason);
  if (!aborted) return explain(args, aborted.error(), terminal);
  if (!args.json) terminal.out << "no rollout runs any more\n";
  if (args.json) terminal.out << "{\"operation\":\"abort\",\"exit\":0}\n";
  return ExitCode::done;
}

}  // namespace

ExitCode steer(const Args& args, Site& site, const Terminal& terminal) {
  const std::string version = args.words.empty() ? "" : args.words.front();
  const auto reason = api::encode(api::ReasonBody{args.reason});
  const auto send = [&](std::string_view name, const std::string& body) {
    return change(args, site, terminal, step(name, body));
  };
  if (args.verb == Verb::promote)
    return send("promote", api::encode(api::PromoteBody{version, args.reason}));
  if (args.verb == Verb::approve)
    return send("approve", api::encode(api::ApproveBody{version, args.reason}));
  if (args.verb == Verb::pause) return send("pause", reason);
  if (args.verb == Verb::resume) return send("resume", reason);
  const auto edge = site.edge();
  if (!edge) return explain(args, edge.error(), terminal);
  if ((*edge)->names().size() > 1 && !args.dry_run) return abort_all(args, **edge, terminal);
  return send("abort", reason);
}

}  // namespace sy::control
