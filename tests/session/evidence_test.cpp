#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;
using tally::Failure;

constexpr std::string_view bad =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno";
constexpr std::string_view post =
    "POST /api/claims?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

// All traffic on green while blue is live: green is the candidate, in its bake.
class Evidence : public ::testing::Test {
 protected:
  Evidence() { world.route({0, split::whole}); }
  // One request of a client of its own, answered by green.
  void one(std::string_view request, std::string_view answer) {
    End client = world.connect();
    client.send(request);
    End origin = world.upstream(world.green);
    ASSERT_TRUE(origin.connected());
    origin.send(answer);
    world.settle();
    std::ignore = client.receive();
  }
  tally::Evidence evidence() { return world.worker->report().evidence; }

  SessionWorld world;
};

TEST_F(Evidence, CountsAnswersForAndFailuresAgainst) {
  one(post, ok);
  one(post, bad);
  one(post, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

  const tally::Evidence seen = evidence();

  EXPECT_EQ(seen.successes, (PerColor<std::uint64_t>{0, 2}));
  EXPECT_EQ(seen.failures, (PerColor<std::uint64_t>{0, 1}));
}

TEST_F(Evidence, AMishapSaysWhatAVerdictNeedsAndNoPath) {
  one(post, ok);
  one(post, bad);

  const tally::Evidence seen = evidence();

  ASSERT_EQ(seen.mishaps.size(), 1u);
  const tally::Mishap& mishap = seen.mishaps[0];
  EXPECT_EQ(mishap.color, Color::green);
  EXPECT_EQ(mishap.service, "web");
  EXPECT_EQ(mishap.route, "POST /");
  EXPECT_EQ(mishap.status, 500);
  EXPECT_EQ(mishap.failure, Failure::none);
  EXPECT_FALSE(mishap.hard);
  EXPECT_EQ(mishap.successes, 1u);
  EXPECT_EQ(mishap.share, 1.0);
  EXPECT_EQ(mishap.replay, tally::Replay::none);
}

TEST_F(Evidence, MishapsAreHandedOverOnceAndCountsStay) {
  one(post, bad);
  std::ignore = evidence();

  const tally::Evidence again = evidence();

  EXPECT_TRUE(again.mishaps.empty());
  EXPECT_EQ(again.failures.green, 1u);
}

TEST_F(Evidence, ATemplateNamesTheRoute) {
  world.templates = {"/api/{kind}", "/api/claims"};
  world.route({0, split::whole});
  one(post, bad);
  one("GET /api/patients HTTP/1.1\r\nHost: a\r\n\r\n", ok);

  const tally::Evidence seen = evidence();

  EXPECT_EQ(seen.mishaps.at(0).route, "POST /api/claims");
  ASSERT_EQ(seen.routes.size(), 2u);
  for (const tally::RouteCount& count : seen.routes) {
    EXPECT_EQ(count.requests.green, 1u);
    EXPECT_EQ(count.failures.green, count.route == "POST /api/claims" ? 1u : 0u) << count.route;
  }
}

TEST_F(Evidence, RoutesAreCountedOnlyForACandidateAndForgottenWithItsDeploy) {
  one(post, ok);
  ASSERT_EQ(evidence().routes.size(), 1u);

  world.deploy = "d2";
  world.route();
  End client = world.connect();
  const End origin = world.exchange(client);

  EXPECT_TRUE(evidence().routes.empty());
}

TEST_F(Evidence, ClientsThatLeftSpeakOfNobody) {
  End client = world.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
  const End origin = world.upstream(world.green);
  client.reset();
  world.settle();

  const tally::Evidence seen = evidence();

  EXPECT_EQ(seen.successes.green + seen.failures.green, 0u);
  EXPECT_TRUE(seen.mishaps.empty());
}

TEST_F(Evidence, PreviewsAndProbesAreNotJudged) {
  worker::Options options;
  options.trusted = {"127.0.0.0/8"};
  SessionWorld trusting{options};
  trusting.route({5'000, 5'000});
  End client = trusting.connect();
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-Switchyard-Color: green\r\n\r\n");
  End origin = trusting.upstream(trusting.green);
  origin.send(bad);
  one("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", bad);
  trusting.settle();

  EXPECT_EQ(trusting.worker->report().evidence.failures.green, 0u);
  EXPECT_EQ(evidence().failures.green, 0u);
}

TEST_F(Evidence, ARequestOfAnEarlierDeploySaysNothingOfThisOne) {
  End client = world.connect();
  client.send(post);
  End origin = world.upstream(world.green);

  world.deploy = "d2";
  world.route({5'000, 5'000});
  origin.reset();
  world.settle();

  EXPECT_EQ(evidence().failures.green, 0u);
}

TEST_F(Evidence, WhatThisProxyLacksSpeaksOfNobody) {
  End client = world.connect();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);
  ::close(next);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  client.send(post);
  world.settle();
  ::setrlimit(RLIMIT_NOFILE, &before);

  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(evidence().mishaps.empty());
  EXPECT_EQ(evidence().failures.green, 0u);
  for (const auto count : world.books(Color::green).failures) EXPECT_EQ(count, 0u);
}

TEST_F(Evidence, FailuresOfEveryKindThatIsTheUpstreamsCount) {
  struct Row {
    std::string_view says;
    Failure failure;
    bool hard;
  };
  const Row rows[] = {
      {"", Failure::reset, true},
      {"HTTP/1.1 200", Failure::reset, true},
      {"SMTP\r\n\r\n", Failure::bad_response, false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Failure::truncated, false}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.says);
    End client = world.connect();
    client.send(post);
    End origin = world.upstream(world.green);
    origin.send(row.says);
    world.settle();
    origin.close();
    world.settle();
    const auto seen = evidence();
    ASSERT_EQ(seen.mishaps.size(), 1u);
    EXPECT_EQ(seen.mishaps[0].failure, row.failure);
    EXPECT_EQ(seen.mishaps[0].hard, row.hard);
  }
}

TEST_F(Evidence, AnAnswerThatDoesNotComeCounts) {
  End client = world.connect();
  client.send(post);
  const End origin = world.upstream(world.green);

  world.advance(31s);

  EXPECT_EQ(evidence().mishaps.at(0).failure, Failure::timeout);
}

TEST_F(Evidence, OtherStatusesCountWhenConfigured) {
  world.failure_statuses = {404};
  world.route({0, split::whole});
  one(post, bad);
  one(post, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

  const auto seen = evidence();

  ASSERT_EQ(seen.mishaps.size(), 1u);
  EXPECT_EQ(seen.mishaps[0].status, 404);
}

TEST_F(Evidence, OneNudgeAsksForOneCollect) {
  one(post, bad);
  one(post, bad);
  EXPECT_EQ(world.nudges, 1);

  std::ignore = evidence();
  one(post, bad);

  EXPECT_EQ(world.nudges, 2);
}

TEST_F(Evidence, AFailureOfLiveIsKeptButNudgesNobody) {
  world.route({split::whole, 0});
  End client = world.connect();
  client.send(post);
  End origin = world.upstream(world.blue);
  origin.send(bad);
  world.settle();

  EXPECT_EQ(evidence().mishaps.at(0).color, Color::blue);
  EXPECT_EQ(world.nudges, 0);
}

TEST_F(Evidence, MishapsBeyondTheirNumberAreCounted) {
  End client = world.connect();
  for (std::size_t i = 0; i < tally::Evidence::mishaps_max + 3; ++i) {
    client.send(post);
    End origin = world.upstream(world.green);
    if (origin.connected()) world.kept = std::move(origin);
    world.kept.send(bad);
    world.settle();
    std::ignore = client.receive();
  }

  const auto seen = evidence();

  EXPECT_EQ(seen.mishaps.size(), tally::Evidence::mishaps_max);
  EXPECT_EQ(seen.dropped, 3u);
  EXPECT_EQ(seen.failures.green, tally::Evidence::mishaps_max + 3);
}

// --- who asked ----------------------------------------------------------------------------------

class Client : public Evidence {
 protected:
  // The key of a request with these fields, on a connection of its own.
  std::uint64_t key(std::string_view fields) {
    one("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + std::string{fields} + "\r\n", bad);
    return evidence().mishaps.at(0).client;
  }
};

TEST_F(Client, IsKnownByItsCookieAcrossConnections) {
  EXPECT_EQ(key("Cookie: session=1\r\n"), key("Cookie: session=1\r\n"));
  EXPECT_NE(key("Cookie: session=1\r\n"), key("Cookie: session=2\r\n"));
}

TEST_F(Client, IsKnownByItsCredentials) {
  EXPECT_EQ(key("Authorization: Bearer a\r\n"), key("Authorization: Bearer a\r\n"));
  EXPECT_NE(key("Authorization: Bearer a\r\n"), key("Authorization: Bearer b\r\n"));
}

TEST_F(Client, IsKnownByItsPlaceAmongTheColors) {
  EXPECT_EQ(key("Cookie: switchyard=g.d1.0001\r\n"), key("Cookie: switchyard=g.d1.0001\r\n"));
  EXPECT_NE(key("Cookie: switchyard=g.d1.0001\r\n"), key("Cookie: switchyard=g.d1.0002\r\n"));
}

TEST_F(Client, WithoutEitherIsItsConnection) { EXPECT_NE(key(""), key("")); }

TEST_F(Client, OfATrustedProxyIsTheAddressBeforeIt) {
  worker::Options options;
  options.trusted = {"127.0.0.0/8"};
  world.become(options);
  world.route({0, split::whole});

  const auto one_of = key("Cookie: a=1\r\nX-Forwarded-For: 6.6.6.6, 10.0.0.1\r\n");

  EXPECT_EQ(one_of, key("Cookie: a=1\r\nX-Forwarded-For: 7.7.7.7, 10.0.0.1\r\n"));
  EXPECT_NE(one_of, key("Cookie: a=1\r\nX-Forwarded-For: 10.0.0.2\r\n"));
}

// --- shares -------------------------------------------------------------------------------------

TEST_F(Evidence, TheShareIsTheWeightAtFirstAndFollowsThePicks) {
  world.route({9'000, 1'000});
  const auto fail_with = [&](std::string_view cookie) {
    End client = world.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nCookie: switchyard=" +
                std::string{cookie} + "\r\n\r\n");
    End origin = world.upstream(world.green);
    if (!origin.connected()) origin = world.upstream(world.blue);
    origin.send(bad);
    world.settle();
    std::ignore = client.receive();
  };
  fail_with("b.d1.9000");
  EXPECT_NEAR(evidence().mishaps.at(0).share, 0.1, 0.001);

  for (int i = 0; i < 1'000; ++i) fail_with("g.d1.0001");
  EXPECT_GT(evidence().mishaps.at(999).share, 0.95);

  world.route({5'000, 5'000});
  fail_with("g.d1.0001");
  EXPECT_NEAR(evidence().mishaps.at(0).share, 0.5, 0.01);
}

}  // namespace
}  // namespace sy::testing
