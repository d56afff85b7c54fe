// Programs and heads of requests: what is of this machine and needs no network.
#include <gtest/gtest.h>

#include "control/aws/command.h"
#include "control/aws/machine.h"
#include "control/aws/resolve.h"
#include "control/aws/transport.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

CommandLimits quick() {
  CommandLimits out;
  out.time = 200ms;
  return out;
}

TEST(Commands, AreSplitAsAShellWould) {
  EXPECT_EQ(*split_words("a b  c"), (Texts{"a", "b", "c"}));
  EXPECT_EQ(*split_words(R"('a b' "c \"d\" \x" e\ f '')"),
            (Texts{"a b", R"(c "d" \x)", "e f", ""}));
  EXPECT_EQ(*split_words(R"(a"b"'c'd)"), (Texts{"abcd"}));
  EXPECT_EQ(*split_words("$HOME `x` ; | *"), (Texts{"$HOME", "`x`", ";", "|", "*"}));
  EXPECT_FALSE(split_words("a 'b"));
  EXPECT_FALSE(split_words("   "));
}

TEST(Commands, PrintAndSeeTheirEnvironment) {
  const auto got = run_command({"env"}, {{"ONLY", "this"}, {"PATH", "/usr/bin:/bin"}});
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(*got, "ONLY=this\nPATH=/usr/bin:/bin\n");
}

TEST(Commands, FailWithWhatTheyComplainedOf) {
  const auto got = run_command({"sh", "-c", "echo half; echo not so >&2; exit 4"}, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::auth);
  EXPECT_EQ(got.error().what, "credential_process sh failed: not so");
}

TEST(Commands, ThatDoNotEndAreEndedWithAllTheyStarted) {
  const auto got = run_command({"sh", "-c", "tail -f /dev/null & tail -f /dev/null"}, {}, quick());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::unavailable);
  EXPECT_EQ(got.error().what, "credential_process sh did not end in time");
}

TEST(Commands, ThatCloseTheirOutputAndStayAreEndedToo) {
  const auto got =
      run_command({"sh", "-c", "exec tail -f /dev/null >/dev/null 2>/dev/null"}, {}, quick());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::unavailable);
}

TEST(Commands, AreEndedWhenWeAreToldToStop) {
  CommandLimits limits;
  limits.stopped = [] { return true; };
  const auto got = run_command({"tail", "-f", "/dev/null"}, {}, limits);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::interrupted);
}

TEST(Heads, CarryTheirFieldsAndNothingElse) {
  const auto got = head_of({"POST", "/a?b", {{"Host", "h"}, {"X", "1"}}, "body"}, "other");
  ASSERT_TRUE(got);
  EXPECT_EQ(*got,
            "POST /a?b HTTP/1.1\r\nHost: h\r\nX: 1\r\nContent-Length: 4\r\nConnection: "
            "close\r\n\r\n");
  EXPECT_EQ(*head_of({"GET", "/", {}, ""}, "h:1"),
            "GET / HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n");
}

TEST(Heads, NeverBeginAnotherLine) {
  EXPECT_FALSE(head_of({"GET", "/ HTTP/1.1\r\nX: y", {}, ""}, "h"));
  EXPECT_FALSE(head_of({"GET", "/", {{"Authorization", "a\r\nX: y"}}, ""}, "h"));
  EXPECT_FALSE(head_of({"GET", "/", {{"A\n", "b"}}, ""}, "h"));
  EXPECT_FALSE(head_of({"GET", "/a b", {}, ""}, "h"));
}

TEST(Names, OfAddressesAndOfThisMachineAreResolved) {
  const auto never = [] { return false; };
  EXPECT_EQ(resolve("::1", "443", 1s, never)->at(0).port(), 443);
  const auto here = resolve("localhost", "80", 5s, never);
  ASSERT_TRUE(here) << here.error().what;
  EXPECT_TRUE(here->at(0).address().is_loopback());
}

TEST(Machines, TellAFileThatIsNotThereFromOneThatCannotBeRead) {
  Machine machine{{}, [] { return Moment{}; }, [](Retry::Delay) { return true; }};
  EXPECT_EQ(machine.read("/nonexistent/x").error().kind, Kind::not_found);
  EXPECT_EQ(machine.read("/").error().kind, Kind::auth);
  EXPECT_EQ(*machine.read("/dev/null"), "");
  EXPECT_EQ(machine.read("/dev/zero").error().what, "the file /dev/zero is too long");
  const double chance = machine.chance();
  EXPECT_TRUE(chance >= 0 && chance < 1);
}

}  // namespace
}  // namespace sy::aws
