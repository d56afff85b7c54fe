#include "control/static_look.h"

#include <algorithm>

namespace sy::control {
namespace {

using platform::Running;
using platform::Task;

void add(Running& running, const api::GateView& gate) {
  const auto same = [&](const Task& task) { return task.url == gate.url; };
  auto found = std::find_if(running.tasks.begin(), running.tasks.end(), same);
  if (found == running.tasks.end()) {
    running.tasks.push_back({.id = gate.url,
                             .url = gate.url,
                             .state = gate.open ? "open" : gate.reason,
                             .version = gate.identity.version,
                             .up = gate.open});
    return;
  }
  if (found->version.empty()) found->version = gate.identity.version;
  if (!gate.open && found->up) {
    found->up = false;
    found->state = gate.reason;
  }
}

void sum_up(Running& running) {
  running.exists = !running.tasks.empty();
  running.desired = static_cast<int>(running.tasks.size());
  running.running = static_cast<int>(std::count_if(running.tasks.begin(), running.tasks.end(),
                                                   [](const Task& task) { return task.up; }));
  if (!running.exists) return;
  const std::string& version = running.tasks.front().version;
  const bool agree = std::all_of(running.tasks.begin(), running.tasks.end(),
                                 [&](const Task& task) { return task.version == version; });
  if (agree) running.version = version;
  running.state = agree ? "" : "its endpoints report different versions";
}

}  // namespace

platform::Observation observed_by(const std::vector<api::StatusView>& proxies) {
  platform::Observation seen;
  for (const auto& status : proxies)
    for (const auto& gate : status.gates) add(seen[gate.service][gate.color], gate);
  for (auto& [service, pair] : seen)
    for (const Color color : colors) sum_up(pair[color]);
  return seen;
}

}  // namespace sy::control
