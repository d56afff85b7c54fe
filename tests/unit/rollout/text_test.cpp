#include <gtest/gtest.h>

#include <limits>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

State full_state() {
  State state{.generation = 12, .weight = {1'234, 8'766}, .live = Color::green};
  state.previous = Color::blue;
  state.deploy = "k3f9";
  state.maintenance = true;
  state.since = WallTime{std::chrono::milliseconds{1'704'103'200'123}};
  state.upstreams.blue = {{"backend", {"http://a:1", "dns://b.c:2"}},
                          {"with space%", {"", "x\ny"}}};
  state.upstreams.green = {{"frontend", {}}};
  state.guarded = false;
  state.baseline_requests = 123'456.75;
  state.baseline_failures = 0.1;
  state.baseline_learned = state.since;
  state.last = Ended{.id = "",
                     .candidate = Color::blue,
                     .version = "mixed",
                     .outcome = "reverted",
                     .why = "green fails\nPOST /api/claims 6 of 6",
                     .at = state.since};
  return state;
}

State running_state() {
  State state{.generation = 9, .weight = {9'000, 1'000}, .deploy = "k3f9"};
  Rollout rollout{.id = "r7", .version = "v20260201-bbbbbbb"};
  rollout.plan = {.name = "our plan",
                  .holds = {{1'000, std::chrono::minutes{1}, 7}, {10'000, Duration{1}, 300}},
                  .approval = Approval{.before = 5'000, .timeout = std::chrono::hours{2}},
                  .when_quiet = WhenQuiet::revert};
  rollout.phase = Phase::approval;
  rollout.after_gate = Phase::baking;
  rollout.hold = 1;
  rollout.paused = true;
  rollout.begun = true;
  rollout.held = Duration{1};
  rollout.waited = Duration{2};
  rollout.awaited = Duration{3};
  rollout.requests = 4;
  rollout.actor = "ci";
  rollout.reason = "";
  rollout.started = WallTime{std::chrono::milliseconds{5}};
  rollout.approved = Approved{"ann b", WallTime{std::chrono::milliseconds{-6}}};
  rollout.committed = WallTime{std::chrono::milliseconds{7}};
  state.rollout = std::move(rollout);
  return state;
}

TEST(StateText, IsTheSameStateAgain) {
  EXPECT_EQ(decode(encode(State{})).value(), State{});
  EXPECT_EQ(decode(encode(full_state())).value(), full_state());
  EXPECT_EQ(decode(encode(running_state())).value(), running_state());
}

TEST(StateText, IsReadableByAPerson) {
  State state{.generation = 12, .weight = {9'000, 1'000}};
  state.upstreams.green = {{"backend", {"http://10.0.0.1:9201"}}};
  EXPECT_EQ(encode(state),
            "switchyard-state 2\n"
            "generation 12\n"
            "weight 9000 1000\n"
            "live blue\n"
            "previous none\n"
            "deploy 0\n"
            "maintenance off\n"
            "since 0\n"
            "upstream green backend http://10.0.0.1:9201\n"
            "guarded on\n"
            "baseline 0 0 0\n"
            "checksum 24256eb3\n");
}

TEST(StateText, OfARolloutIsReadableByAPerson) {
  EXPECT_EQ(encode(running_state()),
            "switchyard-state 2\n"
            "generation 9\n"
            "weight 9000 1000\n"
            "live blue\n"
            "previous none\n"
            "deploy k3f9\n"
            "maintenance off\n"
            "since 0\n"
            "guarded on\n"
            "baseline 0 0 0\n"
            "rollout r7 green v20260201-bbbbbbb\n"
            "plan our%20plan 300000000000 revert\n"
            "hold 1000 60000000000 7\n"
            "hold 10000 1 300\n"
            "approval 5000 7200000000000\n"
            "at approval baking 1 on on\n"
            "spent 1 2 3 4\n"
            "by ci % 5\n"
            "approved ann%20b -6\n"
            "committed 7\n"
            "checksum b146b26f\n");
}

// As the program wrote it before there were rollouts.
TEST(StateText, OfVersionOneIsStillRead) {
  const std::string text =
      "switchyard-state 1\n"
      "generation 12\n"
      "weight 9000 1000\n"
      "live blue\n"
      "previous none\n"
      "deploy 0\n"
      "maintenance off\n"
      "since 0\n"
      "upstream green backend http://10.0.0.1:9201\n"
      "checksum 72ea5f05\n";
  State state{.generation = 12, .weight = {9'000, 1'000}};
  state.upstreams.green = {{"backend", {"http://10.0.0.1:9201"}}};
  EXPECT_EQ(decode(text).value(), state);
  EXPECT_TRUE(decode(text)->guarded);
}

TEST(StateText, IsRefusedWhenTheMachineCouldNotGoOnFromIt) {
  const auto refused = [](auto change) {
    State state = running_state();
    change(state, *state.rollout);
    return decode(encode(state)).has_error();
  };
  EXPECT_FALSE(refused([](State&, Rollout&) {}));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.hold = 2; }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.candidate = Color::blue; }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.plan.approval.reset(); }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.plan.holds.clear(); }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.phase = Phase::shifting; }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.after_gate = Phase::gating; }));
  EXPECT_TRUE(refused([](State&, Rollout& rollout) { rollout.held = Duration{-1}; }));
  EXPECT_TRUE(refused([](State& state, Rollout&) { state.weight = {8'000, 2'000}; }));
}

TEST(StateText, IsRefusedWhenCutAtAnyByte) {
  for (const std::string& text : {encode(full_state()), encode(running_state())}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      ASSERT_FALSE(decode(text.substr(0, size)).has_value()) << size;
    }
  }
}

TEST(StateText, IsRefusedWhenAnyByteIsAnother) {
  for (const std::string& text : {encode(full_state()), encode(running_state())}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = text;
        other[at] = static_cast<char>(byte);
        ASSERT_EQ(decode(other).has_value(), other == text) << "byte " << at << " is " << byte;
      }
    }
  }
}

TEST(StateText, KeepsAStateWhoseBaselineIsNoNumber) {
  State state;
  state.baseline_requests = std::numeric_limits<double>::infinity();
  state.baseline_failures = -1;
  EXPECT_EQ(decode(encode(state)).value(), State{});
}

TEST(StateText, SaysWhyItIsRefused) {
  const std::string text = encode(full_state());
  EXPECT_EQ(decode("").error().what, "empty");
  EXPECT_EQ(decode("something else\n").error().what, "not a state of version 1 or 2");
  EXPECT_EQ(decode(text.substr(0, 60)).error().what, "torn: no checksum");
  std::string damaged = text;
  damaged[40] ^= 1;
  EXPECT_EQ(decode(damaged).error().what, "checksum does not match");
  EXPECT_EQ(decode(std::string((1 << 20) + 1, 'a')).error().what, "longer than 1 MiB");
}

TEST(Percent, IsWrittenAsShortAsItIs) {
  EXPECT_EQ(percent(10'000), "100 %");
  EXPECT_EQ(percent(1'250), "12.5 %");
  EXPECT_EQ(percent(1), "0.01 %");
  EXPECT_EQ(percent(10), "0.1 %");
  EXPECT_EQ(percent(1'205), "12.05 %");
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(-150), "-1.5 %");
}

}  // namespace
}  // namespace sy::rollout
