#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "control/facts/diagnose.h"

namespace sy::control {
namespace {

constexpr std::size_t evidence_max = 3;

// A cause and the words by which the platform's texts tell of it; {} stands for "backend in green".
struct Sign {
  int weight;
  std::array<std::string_view, 5> words;
  std::string_view what;
  std::string_view next;
};

constexpr std::array signs{
    Sign{88,
         {"cannotpullcontainer", "manifest unknown", "no such image", "image not found",
          "pull access denied"},
         "the tasks of {} cannot start: their image cannot be pulled",
         "check that the image was pushed and that the execution role may pull it"},
    Sign{87,
         {"resourceinitializationerror", "unable to pull secrets", "unable to assume the role", "",
          ""},
         "the tasks of {} cannot start: a secret, role or network they need is not to be had",
         "check the execution role, the secrets it reads and the way to their endpoints"},
    Sign{86,
         {"outofmemory", "out of memory", "oom", "exit code 137", "exitcode 137"},
         "the tasks of {} are killed, most likely because they use more memory than they may have",
         "raise the memory of the definition, or find what uses it"},
    Sign{85,
         {"essentialcontainerexited", "essential container in task exited", "exit code", "exitcode",
          "restarting ("},
         "the tasks of {} start and then end by themselves{exit}",
         ""},
    Sign{84,
         {"failed container health checks", "failed elb health checks", "health checks failed",
          "unhealthy", "failed health check"},
         "the tasks of {} run but fail the platform's health check",
         ""},
    Sign{83,
         {"unable to place a task", "insufficient", "resource:", "no container instance",
          "capacity is unavailable"},
         "the platform has no room for the tasks of {}",
         "add capacity, or free some: the other color, once it is idle, can be scaled down"},
    Sign{82,
         {"circuit breaker", "rolling back to deployment", "rolled back to", "deployment failed",
          ""},
         "the platform took the deployment of {} back by itself",
         ""},
    Sign{81,
         {"superseded", "", "", "", ""},
         "the deployment of {} was superseded by another one",
         "somebody else deploys past switchctl: find out who, then deploy again"},
};

std::string lower(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return low;
}

// As a word of its own for the short ones: "oom" is not in "room".
bool holds(std::string_view text, std::string_view words) {
  if (words.empty()) return false;
  for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
    const bool begins = at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0;
    if (begins || words.size() > 3) return true;
  }
  return false;
}

bool tells(const Sign& sign, std::string_view event) {
  const std::string low = lower(event);
  return std::any_of(sign.words.begin(), sign.words.end(),
                     [&low](std::string_view words) { return holds(low, words); });
}

// " with exit code 3", from "… exit code 3 …" or "exitCode: 3".
std::string exit_text(const std::vector<std::string>& events) {
  for (const auto& event : events) {
    const std::string low = lower(event);
    for (const std::string_view words : {"exit code", "exitcode", "exited ("}) {
      auto at = low.find(words);
      if (at == low.npos) continue;
      at = low.find_first_not_of(" :=", at + words.size());
      std::string code;
      while (at < low.size() && std::isdigit(static_cast<unsigned char>(low[at])) != 0)
        code += low[at++];
      if (!code.empty()) return " with exit code " + code;
    }
  }
  return {};
}

std::string filled(std::string_view text, std::string_view place, const std::string& exit) {
  std::string all{text};
  if (const auto at = all.find("{}"); at != all.npos) all.replace(at, 2, place);
  if (const auto at = all.find("{exit}"); at != all.npos) all.replace(at, 6, exit);
  return all;
}

// Each event tells of one cause, the first that it fits.
std::optional<Finding> finding_of(const Sign& sign, const std::string& environment,
                                  const Place& place, std::vector<std::string>& events) {
  const auto told = std::stable_partition(
      events.begin(), events.end(), [&sign](const auto& event) { return !tells(sign, event); });
  std::vector<std::string> evidence{told, events.end()};
  events.erase(told, events.end());
  if (evidence.empty()) return std::nullopt;
  const std::string exit = exit_text(evidence);
  evidence.resize(std::min(evidence.size(), evidence_max));
  const std::string color{name(place.second)};
  Finding finding{
      sign.weight, filled(sign.what, place.first + " in " + color, exit), std::move(evidence), {}};
  finding.run.push_back(sign.next.empty() ? "switchctl logs " + environment + " " + place.first +
                                                " --color " + color
                                          : std::string{sign.next});
  return finding;
}

}  // namespace

std::vector<Finding> diagnose_events(const std::string& environment, const Place& place,
                                     std::vector<std::string> events) {
  std::vector<Finding> findings;
  for (const auto& sign : signs)
    if (auto finding = finding_of(sign, environment, place, events))
      findings.push_back(std::move(*finding));
  return findings;
}

}  // namespace sy::control
