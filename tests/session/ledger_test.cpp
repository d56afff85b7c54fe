#include "worker/ledger.h"

#include <gtest/gtest.h>

#include "support/manual_time.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using tally::Replay;
using worker::Ledger;

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() {
    split::Routing routing;
    routing.weight = {9'000, 1'000};
    routing.deploy = "d1";
    EXPECT_TRUE(ledger.follow(routing));
  }
  [[nodiscard]] tally::Mishap mishap() const {
    tally::Mishap one;
    one.at = time.now();
    one.color = Color::green;
    return one;
  }

  ManualTime time;
  int nudges = 0;
  Ledger ledger{[this] { ++nudges; }};
};

TEST_F(LedgerTest, AMishapWhoseReplayIsUnderWayIsNotReported) {
  const auto ticket = ledger.failed(mishap(), true);
  EXPECT_TRUE(ledger.report(time.now()).mishaps.empty());
  EXPECT_EQ(nudges, 0);

  ledger.replayed(ticket, Replay::live_failed);

  EXPECT_EQ(nudges, 1);
  EXPECT_EQ(ledger.report(time.now()).mishaps.at(0).replay, Replay::live_failed);
}

TEST_F(LedgerTest, OneThatHasWaitedTooLongAsksToBeCollectedWithout) {
  const auto ticket = ledger.failed(mishap(), true);
  EXPECT_TRUE(ledger.check(time.now()));
  EXPECT_EQ(nudges, 0);

  time.advance(Ledger::patience);

  EXPECT_FALSE(ledger.check(time.now()));
  EXPECT_EQ(nudges, 1);
  EXPECT_EQ(ledger.report(time.now()).mishaps.at(0).replay, Replay::none);
  ledger.replayed(ticket, Replay::live_well);
  EXPECT_TRUE(ledger.report(time.now()).mishaps.empty());
}

TEST_F(LedgerTest, TheSameDeployBegunAgainIsNotAnother) {
  split::Routing routing;
  routing.deploy = "d1";
  EXPECT_FALSE(ledger.follow(routing));
}

TEST_F(LedgerTest, SuccessesBetweenMishapsAreCounted) {
  ledger.succeeded(Color::green);
  ledger.succeeded(Color::green);
  ledger.failed(mishap(), false);
  ledger.succeeded(Color::green);
  ledger.failed(mishap(), false);

  const auto mishaps = ledger.report(time.now()).mishaps;
  EXPECT_EQ(mishaps.at(0).successes, 2u);
  EXPECT_EQ(mishaps.at(1).successes, 1u);
}

}  // namespace
}  // namespace sy::testing
