// One function for each verb. They print to `out` and `err` and say how it went.
#pragma once
#include <iosfwd>
#include <optional>

#include "api/message.h"
#include "args.h"
#include "control/edge/proxy_client.h"
#include "control/terms/exit_code.h"

namespace sy::control {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool live = false;  // a person watches: lines may be drawn over
};

// To every proxy of the environment, in order; the first that fails ends it.
ExitCode run(const Args& args, const Terminal& terminal);

ExitCode show_status(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode set_weights(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode switch_color(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode roll_back(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode set_maintenance(const Args& args, const edge::ProxyClient& proxy,
                         const Terminal& terminal);
ExitCode set_upstreams(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode show_journal(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode follow_events(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
// Begins a rollout and follows it; what became of it is the exit code.
ExitCode roll_out(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
// promote, approve, pause, resume, abort.
ExitCode steer(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode watch(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);
ExitCode show_report(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal);

// --- what the verbs share ---

ExitCode usage(const Terminal& terminal, std::string_view what);
// Prints why there is no good answer.
ExitCode explain(const Error& error, const Terminal& terminal);
ExitCode explain(const edge::Answer& answer, const Terminal& terminal);
// A change, with its conditions, and what came of it.
ExitCode change(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal,
                edge::Call call);
struct Changed {
  ExitCode code = ExitCode::done;
  std::optional<api::AppliedView> applied{};  // when done
};
Changed try_change(const Args& args, const edge::ProxyClient& proxy, const Terminal& terminal,
                   edge::Call call);

}  // namespace sy::control
