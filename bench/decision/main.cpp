// bench/decision: how well verdicts are reached, ours beside those of others, on simulated streams.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "report.h"

namespace {

using sy::decision::Effort;
using sy::decision::Row;

struct Arguments {
  Effort effort;
  std::string json;
  std::string svg;
  bool wrong = false;
};

Arguments parse(int count, char** words) {
  Arguments all;
  for (int i = 1; i < count; i += 2) {
    const std::string_view flag = words[i];
    const std::string value = i + 1 < count ? words[i + 1] : "";
    const std::uint64_t number = std::strtoull(value.c_str(), nullptr, 10);
    if (value.empty()) {
      all.wrong = true;
    } else if (flag == "--json") {
      all.json = value;
    } else if (flag == "--svg") {
      all.svg = value;
    } else if (number == 0) {
      all.wrong = true;
    } else if (flag == "--hours") {
      all.effort.hours = number;
    } else if (flag == "--runs") {
      all.effort.runs = number;
    } else if (flag == "--threads") {
      all.effort.threads = static_cast<unsigned>(number);
    } else if (flag == "--seed") {
      all.effort.seed = number;
    } else {
      all.wrong = true;
    }
  }
  return all;
}

void append(std::vector<Row>& rows, std::vector<Row> more) {
  rows.insert(rows.end(), more.begin(), more.end());
}

}  // namespace

int main(int count, char** words) {
  using namespace sy::decision;
  const Arguments chosen = parse(count, words);
  if (chosen.wrong) {
    std::fputs(
        "decision [--hours N] [--runs N] [--threads N] [--seed N] [--json FILE] [--svg FILE]\n",
        stderr);
    return 64;
  }
  std::vector<Row> rows;
  const std::vector<double> few{1, 0.5, 0.2, 0.1, 0.05};
  append(rows, requests_to_revert(chosen.effort,
                                  {1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.07, 0.05, 0.03, 0.02}, 0.1));
  append(rows, requests_to_revert(chosen.effort, few, 0.5));
  append(rows, requests_to_revert(chosen.effort, few, 1.0));
  append(rows, poison(chosen.effort));
  append(rows, latency(chosen.effort));
  append(rows, shared_outages(chosen.effort));
  append(rows, false_reverts(chosen.effort, {0.05, 0.5, 5, 20, 100}));
  std::fputs(as_text(rows, chosen.effort).c_str(), stdout);
  if (!chosen.json.empty()) std::ofstream{chosen.json} << as_json(rows, chosen.effort);
  if (!chosen.svg.empty()) std::ofstream{chosen.svg} << as_svg(rows, "independent");
  for (const auto& row : rows) {
    if (!row.met()) return 1;
  }
  return 0;
}
