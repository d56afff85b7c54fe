#include "control/aws/clock_skew.h"

#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;
using vectors::text_of;
using vectors::json::object;
using ClockSkewVectors = vectors::Suite;

Moment at(const object& from, std::string_view key) {
  return read_iso_date(text_of(from, key)).value();
}

// One operation as the suite tells it: true when it ended well.
bool play(ClockSkew& skew, const object& operation) {
  const auto& attempts = operation.at("attempts").as_array();
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const object& attempt = attempts[i].as_object();
    const object& response = attempt.at("response").as_object();
    EXPECT_EQ(skew.signing_time(at(attempt, "clientTimeAtSend")),
              at(attempt, "expectedSigningTime"));
    Fields fields;
    for (const auto& [name, value] : response.at("headers").as_object())
      fields.push_back({name, std::string{value.as_string()}});
    const auto learnt =
        skew.learn(at(attempt, "clientTimeAtSend"), at(attempt, "clientTimeAtReceive"), fields);
    if (response.at("statusCode").as_int64() == 200) return i + 1 == attempts.size();
    const bool again = explained_by_skew(text_of(response, "errorCode"), learnt);
    const auto* most = operation.if_contains("maxAttempts");
    if (i + 1 < attempts.size()) {
      EXPECT_TRUE(again);
    } else {
      EXPECT_TRUE(!again || most);
    }
  }
  return false;
}

TEST_F(ClockSkewVectors, EveryPublishedCaseIsFollowed) {
  const auto suite = vectors::read_json(file("clock-skew/clock-skew-test-cases.json"));
  int cases = 0;
  for (const auto& one : suite.at("tests").as_array()) {
    SCOPED_TRACE(text_of(one.as_object(), "description"));
    ++cases;
    ClockSkew skew;
    for (const auto& each : one.at("operations").as_array()) {
      const object& operation = each.as_object();
      skew = ClockSkew{std::chrono::seconds{operation.at("initialClientSkew").as_int64()}};
      EXPECT_EQ(play(skew, operation), text_of(operation, "expectedOutcome") == "success");
      EXPECT_EQ(skew.skew(), std::chrono::seconds{operation.at("expectedClientSkew").as_int64()});
    }
  }
  EXPECT_EQ(cases, 10);
  report("clock-skew", cases);
}

TEST(ClockSkew, AnAnswerThatCameBeforeItWasAskedForSaysNothing) {
  ClockSkew skew{3s};
  EXPECT_FALSE(skew.learn(Moment{10s}, Moment{9s}, {{"Date", "Thu, 01 Jan 1970 01:00:00 GMT"}}));
  EXPECT_EQ(skew.skew(), 3s);
}

TEST(ClockSkew, AnyOtherErrorIsNotTheClocks) {
  EXPECT_FALSE(explained_by_skew("ValidationException", 3600s));
  EXPECT_FALSE(explained_by_skew("SignatureDoesNotMatch", std::nullopt));
  EXPECT_TRUE(explained_by_skew("SignatureDoesNotMatch", -4min));
  EXPECT_FALSE(explained_by_skew("SignatureDoesNotMatch", -3min));
}

}  // namespace
}  // namespace sy::aws
