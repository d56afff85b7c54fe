#include "metrics/metrics.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace sy::metrics {
namespace {

using namespace std::chrono_literals;

std::string read_file(const char* path) {
  std::ifstream in{path};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

tally::Outcome outcome(int status, Duration total, tally::Failure failure = tally::Failure::none) {
  tally::Outcome made;
  made.status = status;
  made.total = total;
  made.failure = failure;
  made.bytes_in = 10;
  made.bytes_out = 1'000;
  return made;
}

struct Fixture {
  Fixture() {
    collected.services.resize(1);
    auto& blue = collected.services[0].blue;
    blue.add(outcome(200, 100us));
    blue.add(outcome(200, 1ms));
    blue.add(outcome(404, 3ms));
    blue.add(outcome(502, 90s, tally::Failure::reset));
    blue.add(outcome(0, 256us));
    blue.connects = 2;
    blue.connect_failures = 1;
    blue.reuses = 3;
    blue.in_flight = 4;
    blue.pooled = 5;
    blue.open_tunnels = 6;
    blue.tunnels = 7;
    collected.workers.resize(1);
    collected.workers[0].clients = 12;
    collected.workers[0].accepted = 34;
    collected.workers[0].over_limit = 1;
    collected.workers[0].refused = 2;
    collected.workers[0].loop_lag = 2ms;
    status.colors.blue.version = "v20240101-abc1234";
    status.colors.blue.weight = 9'000;
    status.colors.blue.effective = 10'000;
    status.colors.blue.open = true;
    status.colors.green.version = "odd\"\\\nversion";
    status.colors.green.weight = 1'000;
    status.generation = 7;
    director::GateStatus gate;
    gate.service = "backend";
    gate.url = "http://127.0.0.1:9101";
    gate.open = true;
    gate.took = 3ms;
    gate.identity.version = "v20240101-abc1234";
    status.gates.push_back(gate);
    collected.evidence.replays = 21;
    collected.evidence.unshielded = 22;
    collected.evidence.dropped = 23;
    begin_rollout();
  }
  void begin_rollout() {
    director::RolloutStatus runs;
    runs.rollout.phase = rollout::Phase::shifting;
    runs.rollout.hold = 1;
    runs.rollout.paused = true;
    runs.weight = 1'000;
    status.rollout = runs;
    status.verdict.kind = verdict::Kind::suspect;
    status.verdict.absolute = 7.5;
    status.verdict.relative = 3.25;
    status.verdict.slower = -0.5;
    status.verdict.requests = 120;
    status.verdict.failures = 6;
    status.verdict.charged = 4;
    status.verdict.tolerated = 0.01;
    status.baseline.requests = 1;
    status.baseline.failures = 1;
  }
  [[nodiscard]] Snapshot snapshot() const {
    return {.collected = collected,
            .status = status,
            .services = {"backend"},
            .usage = {.resident_bytes = 8'388'608,
                      .virtual_bytes = 16'777'216,
                      .open_files = 9,
                      .open_files_max = 1'024,
                      .threads = 3,
                      .cpu_seconds = 1.25,
                      .start_seconds = 1'704'103'200.5},
            .access_log_dropped = 11,
            .version = "0.1.0",
            .deployments = {.rollouts = {{"completed", 5}, {"reverted", 2}},
                            .deployments = 7,
                            .lead_time = 3'600.5,
                            .recovery_time = 0.25,
                            .failure_ratio = 0.125}};
  }

  director::Collected collected;
  director::Status status;
};

TEST(Metrics, RenderASmallSnapshotWhole) {
  EXPECT_EQ(render(Fixture{}.snapshot()), read_file(SY_EXPECTED));
}

TEST(Metrics, SayMaintenancePanicAndDegradedOperation) {
  Fixture fixture;
  fixture.status.state.maintenance = true;
  fixture.status.phase = "panic";
  fixture.status.note = "disk full";
  const std::string text = render(fixture.snapshot());
  for (const char* line :
       {"\nswitchyard_maintenance 1\n", "\nswitchyard_panic 1\n", "\nswitchyard_degraded 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Metrics, SayNothingOfWhatIsNotKnownAndZeroOfWhatIsNot) {
  Fixture fixture;
  fixture.status.rollout.reset();
  Snapshot snapshot = fixture.snapshot();
  snapshot.deployments = {};
  const std::string text = render(snapshot);

  EXPECT_EQ(text.find("\nswitchyard_lead_time_seconds "), std::string::npos);
  EXPECT_EQ(text.find("\nswitchyard_change_failure_ratio "), std::string::npos);
  for (const char* line :
       {"\nswitchyard_rollouts_total{outcome=\"reverted\"} 0\n", "\nswitchyard_rollout_hold 0\n",
        "\nswitchyard_rollout_phase{phase=\"shifting\"} 0\n", "\nswitchyard_rollout_weight 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
}

TEST(Metrics, NameAServiceByItsIndexWhileItsNameIsNotKnown) {
  Fixture fixture;
  fixture.collected.services.resize(2);
  EXPECT_NE(render(fixture.snapshot()).find("service=\"1\""), std::string::npos);
}

TEST(Usage, IsThatOfThisProgram) {
  const Usage usage = read_usage();
  EXPECT_GT(usage.resident_bytes, 100'000u);
  EXPECT_GE(usage.virtual_bytes, usage.resident_bytes);
  EXPECT_GE(usage.open_files, 3u);
  EXPECT_GE(usage.open_files_max, usage.open_files);
  EXPECT_GE(usage.threads, 1u);
  EXPECT_GT(usage.start_seconds, 1.6e9);
  EXPECT_GE(usage.cpu_seconds, 0.0);
}

}  // namespace
}  // namespace sy::metrics
