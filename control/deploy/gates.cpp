#include "control/deploy/gates.h"

#include <algorithm>

namespace sy::control::deploy {
namespace {

std::string at(const edge::Seen& seen, std::size_t proxies) {
  return proxies > 1 ? seen.proxy + ": " : "";
}

bool reports_version(const Expected& expected, const std::string& service) {
  const auto found = expected.services.find(service);
  return found != expected.services.end() && !found->second.version_field.empty();
}

// Whether a task that should be up has this address; true when no addresses are known.
bool is_of_a_task(const api::GateView& gate, const Expected& expected) {
  const auto found = expected.observed.find(gate.service);
  if (found == expected.observed.end()) return true;
  const auto& tasks = found->second[expected.color].tasks;
  const bool known =
      std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return !task.url.empty(); });
  return !known || std::any_of(tasks.begin(), tasks.end(),
                               [&](const auto& task) { return task.url == gate.url; });
}

// Empty: this gate is as it should be.
std::string fault_of(const api::GateView& gate, const Expected& expected) {
  if (!gate.open) return gate.service + " at " + gate.url + " is not well: " + gate.reason;
  if (!reports_version(expected, gate.service) || gate.identity.version == expected.version)
    return {};
  return gate.service + " at " + gate.url + " reports " +
         (gate.identity.version.empty() ? "no version" : gate.identity.version) + ", not " +
         expected.version;
}

std::string faults_of(const api::StatusView& status, const Expected& expected) {
  std::map<std::string, int> seen;
  std::map<std::string, std::string> ill;
  for (const auto& gate : status.gates) {
    if (gate.color != expected.color) continue;
    // An address that a name still has, or a list has ahead, speaks for no task.
    if (!gate.open && !is_of_a_task(gate, expected)) {
      ill[gate.service] = fault_of(gate, expected);
      continue;
    }
    ++seen[gate.service];
    if (auto fault = fault_of(gate, expected); !fault.empty()) return fault;
  }
  for (const auto& [service, unused] : expected.observed) {
    if (seen[service] > 0) continue;
    if (ill.contains(service)) return ill[service];
    return "no endpoint of " + service + " in " + std::string(name(expected.color)) +
           " is known to the proxy yet";
  }
  return {};
}

}  // namespace

GateLook versions_seen(const std::vector<edge::Seen>& proxies, const Expected& expected) {
  std::size_t endpoints = 0;
  for (const auto& seen : proxies) {
    if (!seen.status) return {false, seen.status.error().what};
    if (auto fault = faults_of(*seen.status, expected); !fault.empty())
      return {false, at(seen, proxies.size()) + fault};
    endpoints += static_cast<std::size_t>(
        std::count_if(seen.status->gates.begin(), seen.status->gates.end(),
                      [&](const auto& gate) { return gate.open && gate.color == expected.color; }));
  }
  return {true, std::to_string(endpoints) + " endpoints are well"};
}

GateLook gates_open(const std::vector<edge::Seen>& proxies, Color color) {
  for (const auto& seen : proxies) {
    if (!seen.status) return {false, seen.status.error().what};
    const auto& view = seen.status->colors[color];
    if (!view.open)
      return {false, at(seen, proxies.size()) + "the gate of " + std::string(name(color)) +
                         " is shut: " + view.why};
  }
  return {true, std::to_string(proxies.size()) + " of " + std::to_string(proxies.size()) + " open"};
}

}  // namespace sy::control::deploy
