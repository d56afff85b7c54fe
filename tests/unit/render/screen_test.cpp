#include "control/render/screen.h"

#include <gtest/gtest.h>

#include "support/control_facts.h"

namespace sy::control {
namespace {

using namespace sy::testing;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

Facts moving() {
  Facts facts = quiet_facts();
  auto& status = status_in(facts);
  status.phase = "shifting";
  status.colors.blue.weight = status.colors.blue.effective = 9'000;
  status.colors.green = {.version = v2, .open = true, .weight = 1'000, .effective = 1'000};
  status.colors.green.requests_per_second = 12.5;
  status.colors.green.requests = 125;
  auto& rollout = status.rollout.emplace();
  rollout = {.id = "r1", .color = Color::green, .version = v2, .plan = "canary"};
  rollout.phase = "shifting";
  rollout.weight = 1'000;
  rollout.hold = 1;
  rollout.holds = {{1'000, 60, 0}, {10'000, 60, 0}};
  rollout.actor = "ci";
  rollout.standing = "hold 1 of 2 at 10 %: 41 s to go";
  status.verdict.kind = "healthy";
  status.verdict.words = "healthy, n=125";
  return facts;
}

std::vector<api::EntryView> two_entries() {
  api::EntryView entry;
  entry.at = ten;
  entry.actor = "ci";
  entry.action = "rollout";
  entry.detail = "r1 of green";
  auto later = entry;
  later.at += std::chrono::seconds{9};
  later.action = "hold";
  later.detail = "10 %";
  return {entry, later};
}

TEST(Screen, ShowsColorsRolloutGatesTasksAndWhatHappened) {
  EXPECT_EQ(joined(screen(moving(), two_entries(), {24, 120, false})),
            "staging  2024-01-01 10:00:00 UTC  traffic is blue 90 %, green 10 %\n"
            "recorded: v20240101-abc1234 in blue since 2023-12-31 10:00 UTC (1 d)\n"
            "\n"
            "http://127.0.0.1:9900: shifting\n"
            "blue live  [##################--] 90 %   v20240101-abc1234  0.0 req/s, 0/0 failed, "
            "p50 0.0 ms, p99 0.0 ms\n"
            "green      [##------------------] 10 %   v20240108-def5678  12.5 req/s, 0/125 "
            "failed, p50 0.0 ms, p99 0.0 ms\n"
            "rollout r1 of v20240108-def5678 [##------------------] shifting: hold 1 of 2 at 10 %: "
            "41 s to go\n"
            "  holds: [10 % 1m], 100 % 1m; plan canary, begun by ci\n"
            "verdict: healthy, n=125\n"
            "gates: 2 of 2 open\n"
            "\n"
            "tasks of backend      blue 1/1 v20240101-abc1234 green 0/0 unknown\n"
            "tasks of frontend     blue 1/1 v20240101-abc1234 green 0/0 unknown\n"
            "\n"
            "10:00:09 ci hold: 10 %\n"
            "10:00:00 ci rollout: r1 of green\n"
            "\n\n\n\n\n\n\n"
            "Ctrl-C ends this view; nothing else ends with it\n");
}

TEST(Screen, FitsEveryTerminal) {
  for (std::size_t rows = 1; rows < 40; ++rows)
    for (std::size_t wide = 1; wide < 140; wide += 7) {
      const auto lines = screen(moving(), two_entries(), {rows, wide, false});
      ASSERT_LE(lines.size(), rows);
      for (const auto& line : lines) ASSERT_LE(columns(line), wide) << line;
    }
}

TEST(Screen, ShutGatesAndProxiesOutOfReachAreNamed) {
  Facts facts = moving();
  status_in(facts).gates.front().open = false;
  status_in(facts).gates.front().reason = "answered 500";
  facts.proxies.push_back({"http://127.0.0.2:9900", Failure{ExitCode::failed, "refused"}});
  const std::string text = joined(screen(facts, {}, {30, 120, false}));
  EXPECT_NE(text.find("gates: 1 of 2 open\n  backend blue http://10.0.0.1:8080 shut: answered "
                      "500\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("no answer from proxy http://127.0.0.2:9900: refused\n"), std::string::npos)
      << text;
}

TEST(Screen, IsDrawnOverWhatWasThereWithoutBlanking) {
  EXPECT_EQ(drawn({"a", "b"}), "\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
}

TEST(Bar, IsFilledByItsShare) {
  EXPECT_EQ(bar(0, 4), "[----]");
  EXPECT_EQ(bar(0.5, 4), "[##--]");
  EXPECT_EQ(bar(7, 4), "[####]");
  EXPECT_EQ(bar(-1, 4), "[----]");
}

TEST(WatchLine, SaysEverythingInOneLine) {
  EXPECT_EQ(watch_line(moving()),
            "staging: traffic is blue 90 %, green 10 %; v20240108-def5678 shifting: hold 1 of 2 at "
            "10 %: 41 s to go; healthy, n=125");
}

}  // namespace
}  // namespace sy::control
