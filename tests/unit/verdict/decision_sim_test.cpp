// A short form of bench/decision: its targets, over fewer hours.
#include <gtest/gtest.h>

#include "bench/decision/table.h"

namespace sy::decision {
namespace {

constexpr Effort effort{.hours = 60, .runs = 301, .threads = 1, .seed = 9};

void expect_met(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    EXPECT_TRUE(row.met()) << row.group << ", " << row.name << ", " << row.texture << ": "
                           << row.cells[0].reverted << " reverted, median " << row.cells[0].median;
  }
}

TEST(Decision, RevertsNoHealthyCandidate) { expect_met(false_reverts(effort, {0.05, 1, 20})); }

TEST(Decision, RevertsABadCandidateWithinItsRequests) {
  expect_met(requests_to_revert(effort, {1, 0.5, 0.2, 0.1, 0.05}, 0.1));
}

TEST(Decision, TakesFiveFailuresAtEveryWeight) {
  for (const double share : {0.1, 0.5}) {
    for (const auto& row : requests_to_revert(effort, {1}, share)) {
      EXPECT_LE(row.cells[0].p90, 5) << row.name << " " << row.texture;
    }
  }
}

TEST(Decision, HoldsInAnOutageOfBoth) { expect_met(shared_outages(effort)); }

TEST(Decision, KeepsACandidateThatOneClientCannotUse) { expect_met(poison(effort)); }

TEST(Decision, RepeatsItself) {
  const auto once = requests_to_revert(effort, {0.3}, 0.1);
  auto twice = requests_to_revert({.runs = 301, .threads = 2, .seed = 9}, {0.3}, 0.1);
  ASSERT_EQ(once.size(), twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].cells[0].median, twice[i].cells[0].median);
    EXPECT_EQ(once[i].cells[0].p90, twice[i].cells[0].p90);
  }
}

}  // namespace
}  // namespace sy::decision
