#include "control/platform/names.h"

#include <gtest/gtest.h>

namespace sy::control::platform {
namespace {

TEST(Names, FillInWhatTheyNameAndLeaveOtherBraces) {
  const Names names{"pms", "staging", "web-app", "green"};
  EXPECT_EQ(filled("{app}-{service}-{env}-{color}", names), "pms-web-app-staging-green");
  EXPECT_EQ(filled("{SERVICE}_{COLOR}_VERSION", names), "WEB_APP_GREEN_VERSION");
  EXPECT_EQ(filled("{other} {app", names), "{other} {app");
}

TEST(Names, AreNotFilledInAgain) { EXPECT_EQ(filled("{app}", {"{env}", "staging"}), "{env}"); }

}  // namespace
}  // namespace sy::control::platform
