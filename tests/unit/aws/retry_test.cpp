// The cases of botocore's test_standard_retry_v2_1, and what it leaves out.
#include "control/aws/retry.h"

#include <gtest/gtest.h>

#include <array>

namespace sy::aws {
namespace {

using Delay = Retry::Delay;

const Attempt broken{.status = 500};
const Attempt slowed{.status = 400, .code = "Throttling"};
const Attempt timed_out{.status = 0, .timed_out = true};
const Attempt fine{.status = 200};

TEST(Retry, WaitsTwiceAsLongEachTimeUpToTheMost) {
  RetryQuota quota{5000};
  Retry retry{{.attempts_max = 12}, quota};
  const std::array<double, 11> seconds{0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20};
  for (const double each : seconds) EXPECT_DOUBLE_EQ(retry.after(broken, 1.0)->count(), each);
  EXPECT_FALSE(retry.after(broken, 1.0));
}

TEST(Retry, WaitsLongerWhenThrottled) {
  RetryQuota quota;
  Retry retry{{}, quota};
  EXPECT_EQ(retry.after(slowed, 1.0), Delay{1});
  EXPECT_EQ(retry.after(slowed, 0.5), Delay{1});
}

TEST(Retry, ChanceScalesTheWaitFromNothing) {
  RetryQuota quota;
  Retry retry{{}, quota};
  EXPECT_EQ(retry.after(broken, 0.0), Delay{0});
}

TEST(Retry, EachKindOfFailureHasItsPrice) {
  for (const auto& [attempt, left] : {std::pair{slowed, 495}, {broken, 486}, {timed_out, 486}}) {
    RetryQuota quota;
    Retry retry{{}, quota};
    EXPECT_TRUE(retry.after(attempt, 1.0));
    EXPECT_EQ(quota.left(), left);
    EXPECT_FALSE(retry.after(fine, 1.0));
    EXPECT_EQ(quota.left(), 500);
  }
}

TEST(Retry, NothingComesBackWhenAllAttemptsFailed) {
  RetryQuota quota;
  Retry retry{{.attempts_max = 2}, quota};
  EXPECT_TRUE(retry.after(broken, 1.0));
  EXPECT_FALSE(retry.after(broken, 1.0));
  EXPECT_EQ(quota.left(), 486);
}

TEST(Retry, ACallThatNeverFailedGivesOneBack) {
  RetryQuota quota;
  EXPECT_TRUE(quota.take(14));
  Retry retry{{}, quota};
  EXPECT_FALSE(retry.after(fine, 1.0));
  EXPECT_EQ(quota.left(), 487);
}

TEST(Retry, AnErrorThatIsFinalGivesNothingBack) {
  RetryQuota quota;
  EXPECT_TRUE(quota.take(50));
  Retry retry{{}, quota};
  EXPECT_FALSE(retry.after({.status = 400, .code = "ValidationException"}, 1.0));
  EXPECT_EQ(quota.left(), 450);
}

TEST(Retry, StopsWhenTheQuotaIsSpent) {
  RetryQuota quota{14};
  Retry first{{}, quota};
  Retry second{{}, quota};
  EXPECT_TRUE(first.after(broken, 1.0));
  EXPECT_FALSE(second.after(broken, 1.0));
  EXPECT_EQ(quota.left(), 0);
}

TEST(Retry, TheServiceMayAskForAWaitOfFiveSecondsMoreAtMost) {
  const std::array<std::pair<const char*, double>, 7> cases{{{"1500", 1.5},
                                                             {"0", 0.05},
                                                             {"10000", 5.05},
                                                             {"invalid", 0.05},
                                                             {"-100", 0.05},
                                                             {"99999999999", 0.05},
                                                             {"15x", 0.05}}};
  for (const auto& [text, seconds] : cases) {
    RetryQuota quota;
    Retry retry{{}, quota};
    EXPECT_DOUBLE_EQ(retry.after({.status = 500, .retry_after = text}, 1.0)->count(), seconds);
    EXPECT_EQ(quota.left(), 486);
    EXPECT_FALSE(retry.after(fine, 1.0));
    EXPECT_EQ(quota.left(), 500);
  }
}

TEST(Retry, EveryAttemptSaysWhichItIsOfHowMany) {
  RetryQuota quota;
  Retry retry{{}, quota};
  EXPECT_EQ(retry.field(), "attempt=1; max=3");
  EXPECT_TRUE(retry.after(broken, 1.0));
  EXPECT_EQ(retry.field(), "attempt=2; max=3");
  EXPECT_TRUE(retry.after(broken, 1.0));
  EXPECT_EQ(retry.field(), "attempt=3; max=3");
  EXPECT_FALSE(retry.after(broken, 1.0));
}

TEST(Retry, KnowsWhatPassesAndWhatIsFinal) {
  for (const int status : {0, 500, 502, 503, 504}) EXPECT_TRUE(transient({.status = status}));
  for (const int status : {400, 403, 404, 429, 501, 509})
    EXPECT_FALSE(transient({.status = status})) << status;
  for (const char* code : {"ThrottlingException", "SlowDown", "TooManyRequestsException"})
    EXPECT_TRUE(throttled({.status = 400, .code = code}));
  EXPECT_TRUE(transient({.status = 400, .code = "IDPCommunicationError"}));
  EXPECT_FALSE(throttled({.status = 400, .code = "ParameterNotFound"}));
}

TEST(Retry, AQuotaOfThingsIsNotAThrottle) {
  EXPECT_TRUE(throttled({.status = 400, .code = "LimitExceededException"}));
  EXPECT_FALSE(
      throttled({.status = 400, .code = "LimitExceededException", .quota_is_final = true}));
}

TEST(Retry, AWrongClockIsWorthAnAttemptSignedAnew) {
  RetryQuota quota;
  Retry retry{{}, quota};
  EXPECT_TRUE(retry.after({.status = 403, .code = "SignatureDoesNotMatch", .skewed = true}, 1.0));
}

}  // namespace
}  // namespace sy::aws
