#include "control/edge/edge.h"

#include <gtest/gtest.h>

#include "support/scripted_proxy.h"

namespace sy::testing {
namespace {

using ct::ExitCode;
using ct::edge::Edge;
using namespace std::chrono_literals;

constexpr const char* version = "v20240102-bbbbbbb";

struct Two {
  ManualPace time;
  ScriptedProxy a{time};
  ScriptedProxy b{time};
  Edge edge{{"a", "b"}, [this](std::size_t i, const ct::edge::Call& call) {
              return (i == 0 ? a : b).call(call);
            }};

  Two() {
    for (auto* proxy : {&a, &b}) {
      proxy->see(Color::blue, "v20240101-aaaaaaa", true);
      proxy->see(Color::green, version, true);
    }
  }
  [[nodiscard]] auto start() const {
    return edge.start({.color = Color::green, .version = version}, "key");
  }
};

TEST(AnEdge, StartsOnAllOrOnNone) {
  Two two;
  EXPECT_EQ(two.start().value(), (ct::edge::Rollouts{{"a", "r1"}, {"b", "r1"}}));

  Two half;
  half.b.refuse = api::Problem{.status = 409, .detail = "the gate of green is shut"};
  const auto started = half.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ExitCode::refused);
  EXPECT_EQ(started.error().what.substr(0, 28), "b: the gate of green is shut");
  EXPECT_FALSE(half.a.view.rollout);
  EXPECT_EQ(half.a.view.last_rollout->outcome, "aborted");
}

TEST(AnEdge, TakesTrafficBackWhateverGoesOn) {
  Two under_way;
  ASSERT_TRUE(under_way.start());
  EXPECT_TRUE(under_way.edge.take_back(Color::blue, "bad"));
  EXPECT_FALSE(under_way.a.view.rollout);
  EXPECT_EQ(under_way.b.view.colors.blue.weight, 10'000);

  Two completed;
  ASSERT_TRUE(completed.start());
  completed.time.advance(1h);
  ASSERT_EQ(completed.edge.status()->front().live, Color::green);
  EXPECT_TRUE(completed.edge.take_back(Color::blue, "bad"));
  EXPECT_EQ(completed.a.calls.back(), "GET /v1/status");
  EXPECT_EQ(completed.a.view.live, Color::blue);

  Two forgotten;  // nothing says where it came from, so rollback leads nowhere
  forgotten.a.view.live = forgotten.b.view.live = Color::green;
  for (auto* proxy : {&forgotten.a, &forgotten.b})
    std::ignore = proxy->call(
        {.method = "PUT", .target = "/v1/weights", .body = R"({"blue":0,"green":100})"});
  forgotten.a.view.previous.reset();
  EXPECT_TRUE(forgotten.edge.take_back(Color::blue, "bad"));
  EXPECT_EQ(forgotten.a.view.live, Color::blue);
}

TEST(AnEdge, LeavesAloneWhatIsThereAlready) {
  Two two;
  EXPECT_TRUE(two.edge.take_back(Color::blue, "bad"));
  EXPECT_EQ(two.a.calls, std::vector<std::string>{"GET /v1/status"});
}

TEST(AnEdge, NamesWhoDidNotAndWhoDid) {
  const ct::edge::Call rollback{.method = "POST", .target = "/v1/rollback", .body = "{}"};
  Two two;
  two.a.down = true;
  const auto switched = two.edge.change(rollback, "key");
  ASSERT_FALSE(switched);
  EXPECT_EQ(switched.error().what, "a does not answer: connection refused; done on b");

  Two denied;
  denied.b.refuse = api::Problem{.status = 403, .detail = "the role viewer may not"};
  const auto refused = denied.edge.change(rollback, "key");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::forbidden);
  EXPECT_EQ(refused.error().what, "b: the role viewer may not; done on a");
}

TEST(AnEdge, ShowsThoseThatAnswerBesideThoseThatDoNot) {
  Two two;
  two.b.down = true;

  const auto seen = two.edge.look();

  ASSERT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen[0].status);
  EXPECT_EQ(seen[1].status.error().what, "b does not answer: connection refused");
  EXPECT_EQ(two.edge.status().error().what, "b does not answer: connection refused");
}

}  // namespace
}  // namespace sy::testing
