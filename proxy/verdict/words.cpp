#include "verdict/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace sy::verdict {
namespace {

constexpr std::size_t named_most = 3;

struct Line {
  std::string route;
  std::uint64_t failures = 0;
  std::uint64_t requests = 0;  // 0: not known
};

std::string number(const char* form, double value) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

// Requests and failures of the candidate on one route since `before`.
tally::RouteCount since(const Breakdown& all, const tally::RouteCount& now) {
  tally::RouteCount count = now;
  const auto old = std::find_if(all.before.begin(), all.before.end(), [&now](const auto& one) {
    return one.route == now.route && one.service == now.service;
  });
  if (old == all.before.end()) return count;
  if (old->requests[all.candidate] > now.requests[all.candidate]) return count;
  count.requests[all.candidate] -= old->requests[all.candidate];
  count.failures[all.candidate] -=
      std::min(count.failures[all.candidate], old->failures[all.candidate]);
  return count;
}

Line line(const Breakdown& all, const Failing& failing) {
  for (const auto& now : all.now) {
    if (now.route != failing.route || now.service != failing.service) continue;
    const auto count = since(all, now);
    const auto failed = std::max(failing.failures, count.failures[all.candidate]);
    return {failing.route, failed, std::max(failed, count.requests[all.candidate])};
  }
  return {failing.route, failing.failures, 0};
}

std::string text(const Line& line) {
  const std::string failures = std::to_string(line.failures);
  if (line.requests == 0)
    return line.route + " " + failures + (line.failures == 1 ? " time" : " times");
  return line.route + " " + failures + " of " + std::to_string(line.requests);
}

// Routes the candidate answered since `before` and that are not among the failing.
std::size_t agreeing(const Breakdown& all) {
  std::size_t count = 0;
  for (const auto& now : all.now) {
    if (since(all, now).requests[all.candidate] == 0) continue;
    count += std::none_of(all.failing.begin(), all.failing.end(), [&now](const Failing& one) {
      return one.route == now.route && one.service == now.service;
    });
  }
  return count;
}

std::string all_of(const std::vector<Line>& lines) {
  Line sum;
  for (const auto& one : lines) {
    sum.failures += one.failures;
    sum.requests += one.requests;
  }
  return " fails on all " + std::to_string(lines.size()) + " routes, " +
         std::to_string(sum.failures) + " of " + counted(sum.requests, "request");
}

}  // namespace

std::string counted(std::uint64_t count, const char* thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string in_percent(double rate) {
  return rate >= 0.995 ? "100 %" : number("%.2g %%", rate * 100);
}

std::string power(double log) { return number("10^%.1f", log / std::numbers::ln10); }

std::string in_milliseconds(Duration duration) {
  return number("%.3g ms", static_cast<double>(duration.count()) / 1e6);
}

std::string fails(const Breakdown& breakdown) {
  const std::string who{name(breakdown.candidate)};
  std::vector<Line> lines;
  for (const auto& one : breakdown.failing) lines.push_back(line(breakdown, one));
  if (lines.empty()) return who + " fails";
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.failures > b.failures; });
  const bool known =
      std::all_of(lines.begin(), lines.end(), [](const Line& one) { return one.requests > 0; });
  const std::size_t others = agreeing(breakdown);
  if (lines.size() > 1 && known && others == 0) return who + all_of(lines);
  const std::string end = others > 0 ? "; all other routes agree" : "";
  if (lines.size() == 1) return who + " fails " + text(lines.front()) + end;
  std::string words = who + " fails " + std::to_string(lines.size()) + " routes: ";
  for (std::size_t i = 0; i < std::min(named_most, lines.size()); ++i) {
    words += (i > 0 ? ", " : "") + text(lines[i]);
  }
  if (lines.size() > named_most)
    words += " and " + std::to_string(lines.size() - named_most) + " more";
  return words + end;
}

}  // namespace sy::verdict
