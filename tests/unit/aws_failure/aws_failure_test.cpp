#include "control/aws_failure/aws_failure.h"

#include <gtest/gtest.h>

namespace sy::control {
namespace {

aws::Error error(aws::Kind kind, std::string code, std::string what) {
  return aws::Error{kind, std::move(code), std::move(what), 400, "7f3a", false};
}

TEST(AwsFailure, NamesTheActionThatIsMissingAndTheRequest) {
  const std::string message =
      "User: arn:aws:sts::111122223333:assumed-role/ci/1 is not authorized to perform: "
      "ecs:UpdateService on resource: * because no identity-based policy allows it";
  const auto out =
      explained(error(aws::Kind::denied, "AccessDeniedException", message), "update service a");
  EXPECT_EQ(out.code, ExitCode::forbidden);
  EXPECT_EQ(out.what,
            "cannot update service a: " + message + " (AccessDeniedException, request 7f3a)");
  EXPECT_EQ(out.next, "Allow ecs:UpdateService in a policy of this identity.");
}

TEST(AwsFailure, ExplainsWhyARoleMustBePassed) {
  const auto out = explained(
      error(aws::Kind::denied, "AccessDeniedException",
            "User: u is not authorized to perform: iam:PassRole on resource: "
            "arn:aws:iam::111122223333:role/task because no identity-based policy allows it"),
      "register a task definition");
  EXPECT_EQ(out.next,
            "A task definition hands its roles to ECS: allow iam:PassRole on "
            "arn:aws:iam::111122223333:role/task for this identity, with iam:PassedToService "
            "ecs-tasks.amazonaws.com.");
}

TEST(AwsFailure, GivesEachKindItsExitCode) {
  const auto code = [](aws::Kind kind) { return explained(error(kind, "X", "y"), "do it").code; };
  EXPECT_EQ(code(aws::Kind::auth), ExitCode::forbidden);
  EXPECT_EQ(code(aws::Kind::denied), ExitCode::forbidden);
  EXPECT_EQ(code(aws::Kind::skewed), ExitCode::forbidden);
  EXPECT_EQ(code(aws::Kind::not_found), ExitCode::failed);
  EXPECT_EQ(code(aws::Kind::invalid), ExitCode::failed);
  EXPECT_EQ(code(aws::Kind::unavailable), ExitCode::failed);
  EXPECT_EQ(code(aws::Kind::conflict), ExitCode::refused);
  EXPECT_EQ(code(aws::Kind::interrupted), ExitCode::interrupted);
}

TEST(AwsFailure, SaysToTryAgainOnlyWhereThatHelps) {
  EXPECT_EQ(explained(error(aws::Kind::unavailable, "", "not reached."), "see a").next,
            "Try again.");
  EXPECT_TRUE(passes(error(aws::Kind::unavailable, "ThrottlingException", "Rate exceeded")));
  EXPECT_FALSE(passes(error(aws::Kind::auth, "ExpiredTokenException", "expired")));
  EXPECT_FALSE(passes(error(aws::Kind::denied, "AccessDeniedException", "no")));
}

TEST(AwsFailure, LeavesOutWhatIsNotKnown) {
  const aws::Error own = aws::mistake("no region is set");
  EXPECT_EQ(explained(own, "ask ECS").what, "cannot ask ECS: no region is set");
}

}  // namespace
}  // namespace sy::control
