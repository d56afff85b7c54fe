// An application of one service on the fake ECS, in a cluster of its own for each test, and the
// platform with the real client in front of it. Waiting turns the fake's clock.
#pragma once
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/aws/client.h"
#include "control/platform/ecs.h"
#include "tests/support/fake_aws_program.h"
#include "tests/support/manual_pace.h"

namespace sy::control::platform {

struct TurningPace final : Pace {
  const FakeAws& fake;
  explicit TurningPace(const FakeAws& turned) : fake{turned} {}
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall() const override;
  bool wait(Duration duration) override;
  void forgive() override {}
};

class EcsWorldCase : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  // Registers, creates and steadies both colors on v1: two tasks in blue, none in green.
  void seed(const boost::json::object& deployment = breaker(true, true));
  static boost::json::object breaker(bool on, bool rollback);
  // An image of that tag that fares so.
  void push(const std::string& tag, const std::string& fate = "good");
  // The platform of another switchctl, which remembers nothing. Fast failing is left to ECS when
  // `failed_tasks_max` is 0.
  void renew(int failed_tasks_max = 3);

  // Until the end of the test; what it was before is said too.
  void settings(const std::string& service, const boost::json::object& values);
  void sow(const std::string& kind, const std::string& operation, int count,
           const boost::json::object& more = {});
  // Somebody else does that to green, after so many seconds.
  void later(const std::string& perform, boost::json::object input, int seconds);
  void advance(int seconds);
  // How often ECS was asked this about our cluster or definitions.
  std::vector<boost::json::object> inputs(const std::string& operation);

  // Puts a version into green, two tasks of it.
  Try<> start(const std::string& tag);
  // Looks until it is up or has failed, or 100 times.
  Try<Progress> wait_for(const Started& one);
  // What it failed with; empty when it did not fail.
  std::string failure_of(const Started& one);
  [[nodiscard]] std::string green_name() const { return "pms-backend-" + environment_ + "-green"; }
  Running observed(Color color);
  [[nodiscard]] std::string deployment() const {
    return started_.services.at("backend").deployment;
  }

  static std::unique_ptr<FakeAws> fake_;  // one for all: starting it takes a second
  std::string environment_;
  std::chrono::milliseconds waited_{};  // between attempts: no time passes, but signatures differ
  std::unique_ptr<TurningPace> pace_;
  RecordingTeller teller_;
  std::unique_ptr<aws::Client> client_;
  std::unique_ptr<EcsPlatform> ecs_;
  Started started_;
  std::vector<std::pair<std::string, boost::json::object>> before_;  // settings
};

}  // namespace sy::control::platform
