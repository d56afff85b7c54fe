#include "control/render/events.h"

#include <csignal>
#include <ostream>

#include "control/commands/shared.h"

namespace sy::control {
namespace {

// A stream is read until it ends: a signal has to end the process, as if nobody took it over.
void let_signals_end_this() {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  ::sigprocmask(SIG_UNBLOCK, &both, nullptr);
}

}  // namespace

// A stream has one end: with several proxies one of them has to be named.
ExitCode follow_events(const Args& args, Site& site, const Terminal& terminal) {
  const auto& options = site.configured().edge;
  if (options.urls.size() != 1)
    return usage(terminal, site.name() + " has " + std::to_string(options.urls.size()) +
                               " proxies: name the one to listen to with --proxy URL");
  const edge::ProxyClient proxy{
      {options.urls.front(), "", options.token, options.ca, options.timeout}};
  let_signals_end_this();
  EventLines lines{args.json};
  const auto print = [&lines, &terminal](std::string_view bytes) {
    terminal.out << lines.feed(bytes) << std::flush;
  };
  const auto answer = proxy.follow({.target = "/v1/events"}, print);
  if (!answer) return explain(args, edge::failure_of(proxy.url(), answer.error()), terminal);
  if (answer->status != 200) return explain(args, edge::failure_of(proxy.url(), *answer), terminal);
  terminal.err << "switchctl: the proxy ended the stream\n";
  return ExitCode::failed;
}

}  // namespace sy::control
