#include "control/records/import.h"

#include <gtest/gtest.h>

#include "control/records/ssm_ledger.h"
#include "support/records_world.h"
#include "support/scripted_ssm.h"

namespace sy::control::records {
namespace {

const std::string record_name = "/pms/staging/deployment-metadata";

class AnImport : public ::testing::Test {
 protected:
  Try<Record> import() {
    Import wanted;
    wanted.env = "staging";
    wanted.wanted = claim_for("");
    wanted.current = release_of("v20261123-abc1234", Color::blue, 2);
    return import_record(ledger, wanted, pace.wall(), [](std::int64_t) { return true; });
  }

  ManualPace pace;
  aws::ScriptedSsm ssm;
  aws::ScriptedCaller caller{ssm};
  SsmLedger ledger{caller, Options{.path = "/pms/staging"}, "staging", pace};
};

TEST_F(AnImport, TakesOverForeignTextWhichStaysInTheHistory) {
  ssm.seed(record_name, R"({"version":"v20240101-abc1234"})");
  const auto record = import();
  ASSERT_TRUE(record.has_value()) << record.error().what;
  EXPECT_EQ(record->epoch, 1U);
  EXPECT_EQ(record->op, "import");
  EXPECT_EQ(record->current->version, "v20261123-abc1234");
  EXPECT_EQ(record->recent.front().definitions.at("backend"), "pms-backend-production:1234");
  EXPECT_EQ(ledger.read()->record, *record);
  EXPECT_EQ(ssm.parameters[record_name].front().value, R"({"version":"v20240101-abc1234"})");
  EXPECT_EQ(ssm.parameters[record_name].size(), 2U);
  EXPECT_EQ(ledger.history(10)->size(), 1U);
}

TEST_F(AnImport, BeginsTheRecordOfWhatRunsAlready) {
  EXPECT_EQ(import()->epoch, 1U);
  EXPECT_EQ(ledger.read()->record->current->version, "v20261123-abc1234");
}

TEST_F(AnImport, GoesOnFromTheNewestOfOurRecords) {
  ASSERT_TRUE(import().has_value());
  ssm.seed(record_name, "v20240101-abc1234");
  const auto record = import();
  ASSERT_TRUE(record.has_value()) << record.error().what;
  EXPECT_EQ(record->epoch, 2U);
  EXPECT_EQ(record->previous->version, "v20261123-abc1234");
  EXPECT_EQ(ledger.read()->record, *record);
}

TEST_F(AnImport, UsesNoEpochTwiceEvenWhenNoRecordOfOursIsLeft) {
  ASSERT_TRUE(import().has_value());
  ssm.parameters[record_name].clear();
  ssm.seed(record_name, "v20240101-abc1234");
  const auto record = import();
  ASSERT_TRUE(record.has_value()) << record.error().what;
  EXPECT_EQ(record->epoch, 2U);
}

TEST_F(AnImport, LeavesARecordOfOursAlone) {
  ASSERT_TRUE(import().has_value());
  EXPECT_EQ(import().error(),
            (Failure{ExitCode::refused,
                     "SSM /pms/staging/deployment-metadata holds a record of switchctl already",
                     "There is nothing to import: switchctl versions staging"}));
}

TEST_F(AnImport, LeavesARecordOfANewerSwitchctlAlone) {
  ssm.seed(record_name, R"({"schema":2})");
  EXPECT_EQ(import().error().code, ExitCode::refused);
  EXPECT_EQ(ssm.parameters[record_name].size(), 1U);
}

TEST_F(AnImport, WaitsForWhoeverIsAtWork) {
  ssm.seed(record_name, "v20240101-abc1234");
  Claim held = claim_for("deploy");
  held = ledger.acquire(ledger.read_for_import().value(), held).value();
  EXPECT_EQ(import().error(), locked_by(held, "staging", pace.wall()));
  pace.pass(std::chrono::hours{1});
  EXPECT_EQ(import()->epoch, 1U);
}

}  // namespace
}  // namespace sy::control::records
