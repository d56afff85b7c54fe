#include <gtest/gtest.h>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

using namespace std::chrono_literals;

const Facts both_open{.open = {true, true}, .services = {"backend", "frontend"}};
const WallTime later{std::chrono::hours{1}};

Result<Move> take(const State& state, const Command& command, const Facts& facts = both_open) {
  return advance(state, command, facts, later, 42);
}

TEST(Advance, SaysInWordsWhatChanges) {
  const State steady;
  const State splitting{.generation = 4, .weight = {9'000, 1'000}};
  const State switched{.weight = {0, 10'000}, .live = Color::green, .previous = Color::blue};
  EXPECT_EQ(take(steady, SetWeights{{8'750, 1'250}})->what, "weights blue 87.5 % green 12.5 %");
  EXPECT_EQ(take(splitting, Switch{Color::green, true})->what,
            "all to green, from blue 90 % green 10 %");
  EXPECT_EQ(take(splitting, Switch{Color::green})->what,
            "rollout r5 of green by plan switch: green enters hold 1 of 1 at 100 %");
  EXPECT_EQ(take(switched, Rollback{})->what, "back to blue, from blue 0 % green 100 %");
  EXPECT_EQ(take(steady, Rollback{})->what, "nothing to go back to: blue has 100 %");
  EXPECT_EQ(take(steady, SetMaintenance{true})->what, "maintenance on");
  const SetUpstreams upstreams{
      Color::green, {{"backend", {"http://a:1", "http://b:2"}}, {"frontend", {}}}, false};
  EXPECT_EQ(take(steady, upstreams)->what,
            "upstreams of green: backend http://a:1 http://b:2, frontend as configured");
}

TEST(Advance, SaysInWordsWhyNot) {
  const State steady;
  const Facts green_shut{.open = {true, false}, .services = {"backend"}};
  EXPECT_EQ(take(steady, Switch{Color::green}, green_shut).error().what,
            "the gate of green is shut, and plan switch does not wait for it: start it once it is "
            "ready");
  EXPECT_EQ(take(steady, SetWeights{{5'000, 5'100}}).error().what,
            "weights must sum to 100 %, got 101 %");
  EXPECT_EQ(take(steady, SetWeights{{10'001, -1}}).error().what,
            "weight of blue must be between 0 % and 100 %");
  const State switched{.weight = {0, 10'000}, .live = Color::green, .previous = Color::blue};
  const Facts blue_shut{.open = {false, true}, .services = {"backend"}};
  EXPECT_EQ(
      take(switched, Rollback{}, blue_shut).error().what,
      "the gate of blue is shut while that of green is open: traffic stays, unless you set the "
      "weights with force");
  const SetUpstreams blue{Color::blue, {{"backend", {"http://a:1"}}}, false};
  EXPECT_EQ(take(steady, blue).error().what,
            "blue has 100 % of the traffic: force to replace its endpoints all the same");
  const SetUpstreams green{Color::green, {{"backend", {"http://a:1"}}}, false};
  EXPECT_EQ(
      take(steady, green, blue_shut).error().what,
      "green carries all traffic while the gate of blue is shut: force to replace its endpoints "
      "all the same");
}

TEST(Advance, RefusesUpstreamsThatCanNeverBeRight) {
  const auto status = [](std::map<std::string, std::vector<std::string>> endpoints) {
    return take(State{}, SetUpstreams{Color::green, std::move(endpoints), true}).error().status;
  };
  EXPECT_EQ(status({}), 422);
  EXPECT_EQ(status({{"unknown", {"http://a:1"}}}), 422);
  EXPECT_EQ(status({{"backend", {""}}}), 422);
  EXPECT_EQ(status({{"backend", {std::string(513, 'a')}}}), 422);
  EXPECT_EQ(status({{"backend", std::vector<std::string>(65, "http://a:1")}}), 422);
}

TEST(Advance, ReturnsToTheConfiguredEndpointsOnAnEmptyList) {
  State state;
  state.upstreams.green = {{"backend", {"http://a:1"}}, {"frontend", {"http://b:1"}}};
  const auto move = take(state, SetUpstreams{Color::green, {{"backend", {}}}, false}).value();
  const std::map<std::string, std::vector<std::string>> expected{{"frontend", {"http://b:1"}}};
  EXPECT_EQ(move.next.upstreams.green, expected);
}

TEST(Advance, ChangesNothingWhenTheEndpointsAreThoseAlready) {
  State state;
  state.upstreams.blue = {{"backend", {"http://a:1"}}};
  const SetUpstreams same{Color::blue, {{"backend", {"http://a:1"}}, {"frontend", {}}}, false};
  EXPECT_EQ(take(state, same)->next, state);
}

TEST(Advance, NamesANewDeployThatIsNeverTheOneBefore) {
  for (std::uint64_t entropy = 0; entropy < 1'000; ++entropy) {
    State state;
    const auto first =
        advance(state, Switch{Color::green, true}, both_open, later, entropy).value().next;
    const auto second =
        advance(first, Switch{Color::blue, true}, both_open, later, entropy).value().next;
    ASSERT_EQ(first.deploy.size(), 8U);
    ASSERT_NE(first.deploy, second.deploy);
  }
}

TEST(Advance, CountsTimeFromTheLastChangeOfWeights) {
  const auto weights = take(State{}, SetWeights{{9'000, 1'000}})->next;
  EXPECT_EQ(weights.since, later);
  const auto maintenance =
      advance(weights, SetMaintenance{true}, both_open, later + 1h, 0).value().next;
  EXPECT_EQ(maintenance.since, later);
  EXPECT_EQ(maintenance.generation, 2U);
}

TEST(Advance, DoesNotBounceForwardWhenRollbackIsPressedTwice) {
  const State switched{.weight = {0, 10'000}, .live = Color::green, .previous = Color::blue};
  const State once = take(switched, Rollback{})->next;
  EXPECT_EQ(once.live, Color::blue);
  EXPECT_EQ(take(once, Rollback{})->next, once);
}

TEST(Advance, GoesBackToLiveAndNotToTheColorThatNowHoldsTheCandidate) {
  const State switched{.weight = {0, 10'000}, .live = Color::green, .previous = Color::blue};
  const State canary = take(switched, SetWeights{{1'000, 9'000}})->next;
  EXPECT_EQ(take(canary, Rollback{})->next.weight, (PerColor<int>{0, 10'000}));
}

}  // namespace
}  // namespace sy::rollout
