#include "render.h"

#include <gtest/gtest.h>

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
      render(status),
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

TEST(ControlRender, AChangeSaysWhatBecameOfIt) {
  EXPECT_EQ(render(api::AppliedView{8, "weights blue 90 % green 10 %"}),
            "weights blue 90 % green 10 %, generation 8\n");
  EXPECT_EQ(
      render(api::AppliedView{8, "weights blue 90 % green 10 %", false, true, true}),
      "would do: weights blue 90 % green 10 % (it was so already) (done before, under the same "
      "key), generation 8\n");
}

TEST(ControlRender, ARefusalSaysWhatIsTrueNow) {
  EXPECT_EQ(render(api::Problem{.status = 409,
                                .detail = "green's gate is shut",
                                .faults = {{"/green", "is odd"}},
                                .generation = 7,
                                .weights = PerColor<int>{10'000, 0},
                                .phase = "steady"}),
            "green's gate is shut\n  /green: is odd\n"
            "  now: steady, blue 100 %, green 0 %, generation 7\n");
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
