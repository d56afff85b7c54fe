#include "control/render/proxy.h"

#include <gtest/gtest.h>

#include "control/render/events.h"

namespace sy::control {
namespace {

TEST(ControlRender, AStatusIsTwoTables) {
  api::StatusView status{.app = "pms", .environment = "production", .phase = "split"};
  status.generation = 7;
  status.since = WallTime{std::chrono::milliseconds{1'704'103'200'000}};
  status.note = "state not saved: disk full";
  status.colors.blue = {.version = "v20240101-abc1234",
                        .open = true,
                        .weight = 9'950,
                        .effective = 10'000,
                        .requests_per_second = 12.34,
                        .requests = 123,
                        .errors = 1,
                        .p50_ms = 1.26,
                        .p99_ms = 80,
                        .verdict = "good"};
  status.colors.green = {.why = "connect refused", .weight = 50};
  status.gates.push_back({.service = "backend",
                          .color = Color::green,
                          .url = "http://127.0.0.1:9201",
                          .reason = "connect refused"});

  EXPECT_EQ(
      proxy_text(status, Look{}),
      "pms production: split, generation 7, since 2024-01-01T10:00:00.000Z\n"
      "note: state not saved: disk full\n"
      "COLOR        VERSION            GATE  WEIGHT  EFFECTIVE  RPS   ERRORS  P50 MS  P99 MS  "
      "VERDICT\n"
      "blue (live)  v20240101-abc1234  open  99.5 %  100 %      12.3  1/123   1.3     80.0    "
      "good\n"
      "green        unknown            shut  0.5 %   0 %        0.0   0/0     0.0     0.0     "
      "connect refused\n"
      "SERVICE  COLOR  ENDPOINT               GATE  LAST PROBE\n"
      "backend  green  http://127.0.0.1:9201  shut  connect refused\n");
}

TEST(ControlRender, AStatusSaysHowARolloutGoesAndHowTheLastOneEnded) {
  api::StatusView status{.app = "pms", .environment = "local", .phase = "shifting"};
  status.guarded = false;
  status.rollout = api::RolloutView{.id = "r8",
                                    .color = Color::green,
                                    .version = "v20240108-def5678",
                                    .plan = "canary",
                                    .phase = "shifting",
                                    .hold = 2,
                                    .holds = {{100, 60, 300}, {1'000, 90, 1}, {10'000, 0.5, 1}}};
  status.rollout->actor = "ci";
  status.rollout->reason = "release";
  status.rollout->standing = "hold 2 of 3 at 10 %: 41 s to go";
  status.verdict.kind = "inconclusive";
  status.verdict.words = "inconclusive, n=12, needs 288 more";
  status.last_rollout = api::EndedView{"r3", Color::green, "v1", "reverted", "A", {}};

  EXPECT_NE(proxy_text(status, Look{})
                .find("rollout r8 of green v20240108-def5678 by plan canary, begun by ci: release\n"
                      "  shifting: hold 2 of 3 at 10 %: 41 s to go\n"
                      "  holds: 1 % 1m, [10 % 90s], 100 % 0.5s\n"
                      "verdict: inconclusive, n=12, needs 288 more\n"
                      "not guarded: these weights were forced, no verdict takes them back\n"
                      "last rollout r3 of green v1: reverted at 1970-01-01T00:00:00.000Z: A\n"),
            std::string::npos)
      << proxy_text(status, Look{});
}

TEST(ControlRender, AChangeSaysWhatBecameOfIt) {
  EXPECT_EQ(applied_text(api::AppliedView{8, "weights blue 90 % green 10 %"}),
            "weights blue 90 % green 10 %, generation 8\n");
  EXPECT_EQ(
      applied_text(api::AppliedView{8, "weights blue 90 % green 10 %", false, true, true}),
      "would do: weights blue 90 % green 10 % (it was so already) (done before, under the same "
      "key), generation 8\n");
}

TEST(ControlEventLines, EventsCutAnywhereAreTheSameLines) {
  const std::string stream =
      "retry: 2000\n\nid: 1\nevent: snapshot\ndata: {\"a\":1}\n\n: still here\n\n"
      "id: 2\r\nevent: gate\r\ndata: {}\r\n\r\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    EventLines lines{false};
    std::string said = lines.feed(stream.substr(0, cut));
    said += lines.feed(stream.substr(cut));
    ASSERT_EQ(said, "snapshot {\"a\":1}\ngate {}\n") << cut;
  }
}

}  // namespace
}  // namespace sy::control
