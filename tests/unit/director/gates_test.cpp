#include <gtest/gtest.h>

#include "director/director.h"
#include "support/director_world.h"

namespace sy::director {
namespace {

using namespace std::chrono_literals;
using rollout::SetUpstreams;
using rollout::SetWeights;
using rollout::Switch;

class Gates : public ::testing::Test {
 protected:
  Gates() { world.start(); }
  void split_evenly() { ASSERT_TRUE(world.submit(SetWeights{{5'000, 5'000}}).has_value()); }
  testing::DirectorWorld world;
};

TEST_F(Gates, MoveAllTrafficOffAColorThatShuts) {
  split_evenly();
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  const Status status = world.director->status();
  EXPECT_EQ(status.colors.green.weight, 5'000);
  EXPECT_EQ(status.colors.green.effective, 0);
  EXPECT_EQ(status.colors.green.why, "gate shut: backend http://127.0.0.1:9201: connect refused");
  world.probes.set(Color::green, true, "200 after 2 ms");
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{5'000, 5'000}));
}

TEST_F(Gates, ShutTheColorWhenOneOfItsServicesIsGone) {
  world.probes.set(Color::green, false, "503 after 12 ms", "", "frontend");
  world.tick();
  EXPECT_FALSE(world.routing().open.green);
  EXPECT_TRUE(world.routing().services[0].endpoints.green[0].open);
  EXPECT_FALSE(world.routing().services[1].endpoints.green[0].open);
  EXPECT_EQ(world.director->status().colors.green.why,
            "gate shut: frontend http://127.0.0.1:9202: 503 after 12 ms");
}

TEST_F(Gates, KeepTheColorOpenWhileOneEndpointOfEachServiceIs) {
  Options options = testing::DirectorWorld::two_services();
  options.services[0].endpoints.blue.push_back("http://127.0.0.1:9103");
  ASSERT_TRUE(world.run(world.director->reconfigure(options)).has_value());
  world.tick();
  EXPECT_TRUE(world.routing().open.blue);
  EXPECT_FALSE(world.routing().services[0].endpoints.blue[1].open);
}

TEST_F(Gates, SendEverythingToLiveWhenBothShut) {
  split_evenly();
  world.probes.set(Color::blue, false, "reset");
  world.probes.set(Color::green, false, "reset");
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  EXPECT_EQ(world.director->status().phase, "panic");
}

TEST_F(Gates, AreJournaledWhenTheyMoveAndOnlyThen) {
  const std::size_t before = world.journal.entries().size();
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  world.tick();
  world.probes.set(Color::green, true, "200 after 2 ms");
  world.tick();
  auto lines = world.journal_lines();
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(before));
  const std::vector<std::string> expected{
      "switchyard gate: gate of green shut: backend http://127.0.0.1:9201: connect refused",
      "switchyard gate: gate of green open"};
  EXPECT_EQ(lines, expected);
}

TEST_F(Gates, RefuseWeightOntoAShutColor) {
  world.probes.set(Color::green, false, "connect refused");
  EXPECT_EQ(world.submit(Switch{Color::green}).error().status, 409);
}

TEST_F(Gates, RepublishNothingWhileNothingChanges) {
  const std::size_t adopted = world.fleet.adopted.size();
  for (int i = 0; i < 10; ++i) world.tick();
  EXPECT_EQ(world.fleet.adopted.size(), adopted);
}

TEST(AfterAStart, LiveKeepsItsTrafficUntilItsProbesHaveSpoken) {
  testing::DirectorWorld world;
  ASSERT_TRUE(world.run(world.director->start()).has_value());
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  world.probes.set(Color::green, true, "200 after 3 ms");
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  EXPECT_EQ(world.director->status().phase, "steady");
  world.tick(10s);
  EXPECT_EQ(world.weight(), (PerColor<int>{0, 10'000}));
}

TEST(AfterAStart, ACandidateGetsNothingBeforeItsGateOpens) {
  testing::DirectorWorld world;
  world.store.saved.state = rollout::State{};
  world.store.saved.state->weight = {5'000, 5'000};
  ASSERT_TRUE(world.run(world.director->start()).has_value());
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  world.probes.set(Color::green, true, "200 after 3 ms");
  world.tick();
  EXPECT_EQ(world.weight(), (PerColor<int>{5'000, 5'000}));
}

TEST_F(Gates, OfNewEndpointsOfTheLiveColorDoNotSendItsTrafficAway) {
  const SetUpstreams command{Color::blue, {{"backend", {"http://127.0.0.1:7001"}}}, true};
  ASSERT_TRUE(world.submit(command).has_value());
  EXPECT_EQ(world.weight(), (PerColor<int>{10'000, 0}));
  EXPECT_FALSE(world.routing().open.blue);
  world.tick(10s);
  EXPECT_EQ(world.weight(), (PerColor<int>{0, 10'000}));
}

TEST_F(Gates, OfADeadLiveColorGetNoBenefitOfDoubtFromNewEndpoints) {
  world.probes.set(Color::blue, false, "connect refused");
  world.tick();
  const SetUpstreams command{Color::blue, {{"backend", {"http://127.0.0.1:7001"}}}, true};
  ASSERT_TRUE(world.submit(command).has_value());
  EXPECT_EQ(world.weight(), (PerColor<int>{0, 10'000}));
}

TEST_F(Gates, ShowTheVersionTheirEndpointsAgreeOn) {
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240101-abc1234", "backend");
  world.tick();
  EXPECT_EQ(world.director->status().colors.green.version, "v20240101-abc1234");
  EXPECT_EQ(world.routing().version.green, "v20240101-abc1234");
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240102-abc1235", "frontend");
  world.tick();
  EXPECT_EQ(world.director->status().colors.green.version, "mixed");
}

TEST_F(Gates, KeepTheVersionLastReportedWhileNobodyAnswers) {
  world.probes.set(Color::green, true, "200 after 3 ms", "v20240101-abc1234");
  world.tick();
  world.probes.set(Color::green, false, "connect refused");
  world.tick();
  EXPECT_EQ(world.routing().version.green, "v20240101-abc1234");
  const SetUpstreams command{
      Color::green,
      {{"backend", {"http://127.0.0.1:7001"}}, {"frontend", {"http://127.0.0.1:7002"}}},
      false};
  ASSERT_TRUE(world.submit(command).has_value());
  EXPECT_EQ(world.routing().version.green, "");
}

TEST_F(Gates, AreListedWithTheirLastProbe) {
  world.probes.set(Color::green, false, "503 after 12 ms", "v1", "frontend");
  const auto gates = world.director->status().gates;
  ASSERT_EQ(gates.size(), 4U);
  EXPECT_EQ(gates[3].service, "frontend");
  EXPECT_EQ(gates[3].color, Color::green);
  EXPECT_EQ(gates[3].url, "http://127.0.0.1:9202");
  EXPECT_EQ(gates[3].reason, "503 after 12 ms");
  EXPECT_EQ(gates[3].identity.version, "v1");
  EXPECT_FALSE(gates[3].open);
}

TEST_F(Gates, CountRequestsAndErrorsOfTheLastTenSeconds) {
  world.fleet.collected.services.resize(2);
  world.tick();
  tally::Outcome outcome{};
  outcome.status = 200;
  outcome.total = 5ms;
  auto& blue = world.fleet.collected.services[0].blue;
  for (int i = 0; i < 117; ++i) blue.add(outcome);
  outcome.status = 502;
  for (int i = 0; i < 3; ++i) blue.add(outcome);
  world.tick(1s);
  const ColorStatus status = world.director->status().colors.blue;
  EXPECT_EQ(status.requests, 120U);
  EXPECT_EQ(status.errors, 3U);
  EXPECT_EQ(status.verdict, "3 errors in 120 requests (2.5 %)");
  EXPECT_NEAR(status.requests_per_second, 120, 1);
  EXPECT_EQ(world.director->status().colors.green.verdict, "no traffic");
}

TEST(Names, ExpandToOneEndpointAnAddressAndNeverShrinkToNothing) {
  Options options = testing::DirectorWorld::two_services();
  options.services[0].endpoints.green = {"dns://green.internal:9201"};
  testing::DirectorWorld world{options};
  world.start();
  EXPECT_EQ(world.director->status().colors.green.why,
            "gate shut: backend dns://green.internal:9201: name not resolved");
  world.hosts["green.internal"] = {"10.0.0.1", "10.0.0.2"};
  world.tick();
  const auto& found = world.routing().services[0].endpoints.green;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].address, "10.0.0.2");
  EXPECT_EQ(found[1].port, 9201);
  EXPECT_EQ(found[1].url, "dns://green.internal:9201");
  world.hosts["green.internal"] = {};
  world.tick();
  EXPECT_EQ(world.routing().services[0].endpoints.green.size(), 2U);
  world.hosts["green.internal"] = {"10.0.0.3"};
  world.tick();
  EXPECT_EQ(world.routing().services[0].endpoints.green.size(), 1U);
}

}  // namespace
}  // namespace sy::director
