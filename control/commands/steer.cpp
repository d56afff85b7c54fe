#include "api/message.h"
#include "commands/commands.h"

namespace sy::control {
namespace {

edge::Call step(std::string_view name, std::string body) {
  return {.method = "POST",
          .target = "/v1/rollout/" + std::string(name),
          .fields = {},
          .body = std::move(body)};
}

}  // namespace

ExitCode steer(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal) {
  const std::string version = args.words.empty() ? "" : args.words.front();
  const auto reason = api::encode(api::ReasonBody{args.reason});
  if (args.verb == Verb::promote)
    return change(args, proxy, terminal,
                  step("promote", api::encode(api::PromoteBody{version, args.reason})));
  if (args.verb == Verb::approve)
    return change(args, proxy, terminal,
                  step("approve", api::encode(api::ApproveBody{version, args.reason})));
  if (args.verb == Verb::pause) return change(args, proxy, terminal, step("pause", reason));
  if (args.verb == Verb::resume) return change(args, proxy, terminal, step("resume", reason));
  return change(args, proxy, terminal, step("abort", reason));
}

}  // namespace sy::control
