#include "control/tellers.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "control/system_pace.h"

namespace sy::control {
namespace {

using namespace std::chrono_literals;

class NoPace final : public Pace {
 public:
  [[nodiscard]] Instant now() const override { return {}; }
  [[nodiscard]] WallTime wall() const override { return WallTime{1'704'103'200'000ms}; }
  [[nodiscard]] bool wait(Duration) override { return true; }
  void forgive() override {}
};

std::string told(const Manner& manner, const std::vector<Note>& notes) {
  std::ostringstream out;
  const NoPace pace;
  auto teller = make_teller(manner, out, pace);
  for (const Note& note : notes) teller->tell(note);
  teller.reset();  // a bar that still stands is wiped
  return out.str();
}

const std::vector<Note> story{
    {.kind = Note::Kind::begun, .step = "start", .what = "v2 in green"},
    {.kind = Note::Kind::progress, .step = "start", .what = "1 of 2 tasks", .share = 0.5},
    {.kind = Note::Kind::progress, .step = "start", .what = "1 of 2 tasks", .share = 0.55},
    {.kind = Note::Kind::warning, .step = "start", .what = "slow\n::error::x"},
    {.kind = Note::Kind::done, .step = "start", .what = "2 tasks run"},
    {.kind = Note::Kind::undone, .step = "rollout", .what = "traffic is back on blue"},
};

TEST(Tellers, PlainLinesSayEachThingOnce) {
  EXPECT_EQ(told({}, story),
            "start: v2 in green\n"
            "start: 1 of 2 tasks\n"
            "warning: start: slow?::error::x\n"
            "start: done: 2 tasks run\n"
            "undone: rollout: traffic is back on blue\n");
}

TEST(Tellers, InAWorkflowStepsAreGroupsAndWarningsAnnotations) {
  EXPECT_EQ(told({.github = true}, story),
            "::group::start: v2 in green\n"
            "start: 1 of 2 tasks\n"
            "::warning title=switchctl::warning: start: slow?::error::x\n"
            "start: done: 2 tasks run\n"
            "::endgroup::\n"
            "undone: rollout: traffic is back on blue\n");
}

TEST(Tellers, OnATerminalABarIsDrawnOver) {
  EXPECT_EQ(told({.live = true}, story),
            "\r\x1b[Kstart: v2 in green\n"
            "\r\x1b[K[##########----------] 50 %  start: 1 of 2 tasks"
            "\r\x1b[K[###########---------] 55 %  start: 1 of 2 tasks"
            "\r\x1b[Kwarning: start: slow?::error::x\n"
            "\r\x1b[Kstart: done: 2 tasks run\n"
            "\r\x1b[Kundone: rollout: traffic is back on blue\n");
  const auto narrow =
      told({.live = true, .columns = 24},
           {{.kind = Note::Kind::progress, .step = "start", .what = std::string(80, 'x')}});
  EXPECT_EQ(narrow, "\r\x1b[Kstart: xxxxxxxxxxxxx…\r\x1b[K");
}

TEST(Tellers, ProgramsGetALineOfJsonForEachEvent) {
  EXPECT_EQ(told({.json = true}, {{.kind = Note::Kind::progress,
                                   .step = "rollout",
                                   .what = "10 %",
                                   .share = 0.25,
                                   .fields = {{"rollout", "r8"}, {"what", "no"}}}}),
            "{\"at\":\"2024-01-01T10:00:00.000Z\",\"step\":\"rollout\",\"kind\":\"progress\","
            "\"what\":\"10 %\",\"share\":2.5E-1,\"rollout\":\"r8\"}\n");
}

TEST(SystemPace, ASignalEndsWaitsUntilItIsForgiven) {
  SystemPace pace{true};
  EXPECT_TRUE(pace.wait(1ms));
  ::raise(SIGTERM);
  EXPECT_FALSE(pace.wait(1h));
  EXPECT_FALSE(pace.wait(1h));
  pace.forgive();
  EXPECT_TRUE(pace.wait(1ms));
  ::raise(SIGINT);
  EXPECT_FALSE(pace.wait(0s));
}

TEST(SystemPace, OneThatCameIsNotDeliveredLater) {
  {
    SystemPace pace{true};
    ::raise(SIGINT);
  }
  SUCCEED();  // It would have ended this process.
}

}  // namespace
}  // namespace sy::control
