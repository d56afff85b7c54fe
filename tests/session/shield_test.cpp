#include "shield_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using tally::Failure;
using tally::Replay;

using Shield = ShieldWorld;

TEST_F(Shield, AFailureStatusOfTheCandidateIsReplayedOnLive) {
  client.send(get);
  const End green = green_says(bad);
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_EQ(replayed, received);
  const auto seen = evidence();
  ASSERT_EQ(seen.mishaps.size(), 1u);
  EXPECT_EQ(seen.mishaps[0].color, Color::green);
  EXPECT_EQ(seen.mishaps[0].status, 500);
  EXPECT_EQ(seen.mishaps[0].replay, Replay::live_well);
  EXPECT_EQ(seen.failures, (PerColor<std::uint64_t>{0, 1}));
  EXPECT_EQ(seen.successes, (PerColor<std::uint64_t>{1, 0}));
  EXPECT_EQ(seen.replays, 1u);
  EXPECT_EQ(world.books(Color::green).replays, 1u);
  EXPECT_EQ(world.books(Color::blue).by_class[2], 1u);
  EXPECT_EQ(world.books(Color::green).in_flight + world.books(Color::blue).in_flight, 0);
}

TEST_F(Shield, EveryFailureBeforeAHeadIsReplayed) {
  for (const std::string_view says : {"", "HTTP/1.1 20", "SMTP\r\n\r\n"}) {
    SCOPED_TRACE(says);
    begin();
    client.send(get);
    green_says(says).close();
    world.settle();
    const End blue = blue_says(ok);
    EXPECT_TRUE(is_ok(told()));
    EXPECT_EQ(mishap().replay, Replay::live_well);
  }
}

TEST_F(Shield, ARefusedConnectionIsAPairToo) {
  world.green.shut();
  client.send(get);
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  const auto seen = mishap();
  EXPECT_TRUE(seen.hard);
  EXPECT_EQ(seen.failure, Failure::connect_refused);
  EXPECT_EQ(seen.replay, Replay::live_well);
}

TEST_F(Shield, ThreeRequestsInARowSeeADeadCandidateRefuse) {
  world.green.shut();
  End kept;
  for (int i = 0; i < 3; ++i) {
    client.send(get);
    End fresh = world.upstream(world.blue);
    ASSERT_TRUE(fresh.connected());
    fresh.send(ok);
    world.settle();
    EXPECT_TRUE(is_ok(told()));
  }
  EXPECT_EQ(evidence().mishaps.size(), 3u);
}

TEST_F(Shield, ATimeoutIsReplayed) {
  client.send(get);
  const End green = world.upstream(world.green);
  world.advance(31s);
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
}

TEST_F(Shield, LatencyOfLiveIsWhatLiveTook) {
  client.send(get);
  const End green = world.upstream(world.green);
  world.advance(31s);
  const End blue = blue_says(ok);

  EXPECT_LT(world.books(Color::blue).latency.quantile(1), 1s);
}

TEST_F(Shield, LiveFailingAlikeIsSaidAndItsAnswerPassedOn) {
  client.send(get);
  const End green = green_says(bad);
  const End blue = blue_says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nlive");

  EXPECT_TRUE(told().ends_with("live"));
  const auto seen = evidence();
  ASSERT_EQ(seen.mishaps.size(), 2u);
  EXPECT_EQ(seen.mishaps[0].replay, Replay::live_failed);
  EXPECT_EQ(seen.mishaps[1].color, Color::blue);
  EXPECT_EQ(seen.failures, (PerColor<std::uint64_t>{1, 1}));
}

TEST_F(Shield, AResetOfTheReplayIsA502AndLiveFailed) {
  client.send(get);
  const End green = green_says(bad);
  End blue = world.upstream(world.blue);
  blue.reset();
  world.settle();
  End again = world.upstream(world.blue);  // idempotent: once more
  again.reset();
  world.settle();
  End last = world.upstream(world.blue);
  last.reset();
  world.settle();

  EXPECT_TRUE(told().starts_with("HTTP/1.1 502 "));
  EXPECT_EQ(mishap().replay, Replay::live_failed);
}

TEST_F(Shield, TheClientStaysConnectedAfterAReplay) {
  client.send(get);
  End green = green_says(bad);
  const End blue = blue_says(ok);
  EXPECT_TRUE(is_ok(told()));

  client.send(get);
  world.settle();
  EXPECT_TRUE(green.receive().starts_with("GET / "));  // its connection was kept
  green.send(ok);
  world.settle();

  EXPECT_TRUE(is_ok(told()));
}

TEST_F(Shield, ADroppedAnswerThatIsNotAllThereEndsItsConnection) {
  client.send(get);
  End green = green_says("HTTP/1.1 500 Oops\r\nContent-Length: 900\r\n\r\nhalf");
  const End blue = blue_says(ok);
  EXPECT_TRUE(is_ok(told()));

  std::ignore = green.receive();
  EXPECT_TRUE(green.closed);
}

TEST_F(Shield, PipelinedRequestsGetTheirAnswersInOrder) {
  client.send(std::string{get} + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  End green = green_says(bad);
  const End blue = blue_says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
  EXPECT_TRUE(green.receive().starts_with("GET /second "));
  green.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
  world.settle();

  const std::string answers = told();
  EXPECT_LT(answers.find("one"), answers.find("two"));
  EXPECT_TRUE(answers.ends_with("two"));
}

TEST_F(Shield, AHeadIsReplayed) {
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const End green = green_says("HTTP/1.1 500 Oops\r\nContent-Length: 900\r\n\r\n");
  const End blue = blue_says("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");

  EXPECT_TRUE(is_ok(told()));
  EXPECT_FALSE(client.closed);
}

TEST_F(Shield, AfterAHintOfTheCandidateItsAnswerStands) {
  client.send(get);
  const End green = green_says("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + std::string{bad});

  EXPECT_NE(told().find("HTTP/1.1 500 "), std::string::npos);
}

TEST_F(Shield, AfterTheHeadNothingIsReplayed) {
  client.send(get);
  End green = green_says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  green.close();
  world.settle();

  EXPECT_FALSE(world.blue.accept().connected());
  EXPECT_EQ(mishap().failure, Failure::truncated);
}

// --- who is not shielded ------------------------------------------------------------------------

TEST_F(Shield, LiveItselfIsNot) {
  world.route({split::whole, 0});
  client.send(get);
  const End blue = blue_says(bad);

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
  EXPECT_FALSE(world.green.accept().connected());
}

TEST_F(Shield, APreviewIsNot) {
  worker::Options options;
  options.trusted = {"127.0.0.0/8"};
  begin(options);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Switchyard-Color: green\r\n\r\n");
  const End green = green_says(bad);

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
}

TEST_F(Shield, NobodyIsWhenItIsOff) {
  worker::Options options;
  options.shield.replay = false;
  begin(options);
  client.send(get);
  const End green = green_says(bad);

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
}

TEST_F(Shield, NobodyIsWhileTheGateOfLiveIsShut) {
  world.open.blue = false;
  world.route({0, split::whole});
  client.send(get);
  const End green = green_says(bad);

  EXPECT_TRUE(told().starts_with("HTTP/1.1 500 "));
}

TEST_F(Shield, WhenTheBudgetIsSpentTheCandidateAnswersForItself) {
  worker::Options options;
  options.shield.replay_floor = 2;
  options.shield.replay_budget = 0.1;
  begin(options);
  End green;
  End blue;
  int shielded = 0;
  for (int i = 0; i < 30; ++i) {
    client.send(get);
    world.settle();
    if (End fresh = world.green.accept(); fresh.connected()) green = std::move(fresh);
    green.send(bad);
    world.settle();
    if (End fresh = world.blue.accept(); fresh.connected()) blue = std::move(fresh);
    if (blue.connected() && !blue.receive().empty()) blue.send(ok);
    world.settle();
    shielded += is_ok(told()) ? 1 : 0;
  }

  EXPECT_EQ(shielded, 2 + 3 - 1);  // the last tenth is not a whole one yet
  const auto seen = evidence();
  EXPECT_EQ(seen.replays, static_cast<std::uint64_t>(shielded));
  EXPECT_EQ(seen.unshielded, 30u - static_cast<std::uint64_t>(shielded));
  EXPECT_EQ(seen.failures.green, 30u);
}

TEST_F(Shield, AnotherDeployHasABudgetOfItsOwn) {
  worker::Options options;
  options.shield.replay_floor = 1;
  options.shield.replay_budget = 0;
  begin(options);
  for (const std::string_view deploy : {"d1", "d2"}) {
    world.deploy = deploy;
    world.route({0, split::whole});
    client = world.connect();
    client.send(get);
    const End green = green_says(bad);
    const End blue = blue_says(ok);
    EXPECT_TRUE(is_ok(told())) << deploy;
  }
}

// --- bad luck -----------------------------------------------------------------------------------

TEST_F(Shield, AClientThatLeavesDuringTheReplaySaysNothingOfLive) {
  client.send(get);
  const End green = green_says(bad);
  const End blue = world.upstream(world.blue);
  client.reset();
  world.settle();
  blue.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + std::string(60'000, 'x'));
  world.settle();
  blue.send(std::string(60'000, 'x'));
  world.settle();

  const auto seen = evidence();
  EXPECT_EQ(seen.failures, (PerColor<std::uint64_t>{0, 1}));
  EXPECT_EQ(seen.successes.blue, 0u);
  EXPECT_EQ(world.books(Color::blue).in_flight, 0);
}

TEST_F(Shield, AMishapDoesNotWaitLongForASlowReplay) {
  client.send(get);
  const End green = green_says(bad);
  EXPECT_TRUE(evidence().mishaps.empty());

  world.time.advance(21ms);

  EXPECT_EQ(mishap().replay, Replay::none);
  const End blue = blue_says(ok);
  EXPECT_TRUE(is_ok(told()));
  EXPECT_TRUE(evidence().mishaps.empty());
}

TEST_F(Shield, ARevertDuringTheReplayChangesNothing) {
  client.send(get);
  const End green = green_says(bad);
  world.route({split::whole, 0});
  const End blue = blue_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_EQ(mishap().replay, Replay::live_well);
}

TEST_F(Shield, ADeadPooledConnectionOfTheCandidateIsNoFailure) {
  client.send(get);
  End green = green_says(ok);
  EXPECT_TRUE(is_ok(told()));
  client.send(get);
  world.settle();
  green.reset();
  world.settle();
  End second = green_says(ok);

  EXPECT_TRUE(is_ok(told()));
  EXPECT_EQ(evidence().failures.green, 0u);
}

TEST_F(Shield, ARequestWithoutAHostIsGivenThatOfItsEndpoint) {
  client.send("GET / HTTP/1.0\r\n\r\n");
  const End green = green_says(ok);

  EXPECT_NE(received.find("\r\nHost: 127.0.0.1:" + std::to_string(world.green.port()) + "\r\n"),
            std::string::npos)
      << received;
}

}  // namespace
}  // namespace sy::testing
