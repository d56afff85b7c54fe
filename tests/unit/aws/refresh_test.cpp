#include "control/aws/refresh.h"

#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;
using vectors::text_of;
using vectors::json::object;
using RefreshVectors = vectors::Suite;

constexpr Moment start{std::chrono::seconds{1'760'000'000}};

int number(const object& from, std::string_view key, int otherwise) {
  const auto* found = from.if_contains(key);
  return found ? static_cast<int>(found->as_int64()) : otherwise;
}

// A resolver around the policy, its source scripted by the suite.
class Resolver {
 public:
  explicit Resolver(const object& given) : refresh_{options_of(given)} {
    const std::string cached = text_of(given, "cachedCredentials");
    chance_ = (number(given, "refreshBackoffSeconds", 420) - 300) / 300.0;
    id_ = text_of(given, "accessKeyId");
    if (cached == "none") return;
    refresh_.fetched(made(3600s), now_, chance_);
    if (cached == "advisory") now_ += 50min;
    if (cached == "mandatory") now_ += 59min + 30s;
    if (cached == "expired") now_ += 61min;
  }

  void advance(int seconds) { now_ += std::chrono::seconds{seconds}; }
  void invalidate(const std::string& id) { refresh_.invalidate(id); }

  // What a caller is given, and whether the source was asked.
  object get(const object& step) {
    const auto next = refresh_.next(now_);
    const std::string response = text_of(step, "response");
    object out{{"sourceContacted", next == Refresh::Step::fetch},
               {"rateLimited", next == Refresh::Step::wait}};
    switch (next) {
      case Refresh::Step::use:
      case Refresh::Step::wait: out["result"] = "cachedCredentials"; break;
      case Refresh::Step::raise: out["result"] = "nonRecoverableError"; break;
      case Refresh::Step::fetch:
        out["result"] =
            fetch(response, std::chrono::seconds{number(step, "lifetimeSeconds", 3600)});
        break;
    }
    if (number(step.at("expected").as_object(), "advisoryWindowSeconds", 0) > 0)
      out["advisoryWindowSeconds"] = refresh_.window().count();
    return out;
  }

 private:
  static RefreshOptions options_of(const object& given) {
    RefreshOptions options;
    const int window = number(given, "configuredAdvisoryWindowSeconds", 0);
    if (window > 0) options.window = std::chrono::seconds{window};
    return options;
  }

  Credentials made(std::chrono::seconds lifetime) const {
    return {.access_key_id = id_,
            .secret_access_key = "s",
            .session_token = "t",
            .account_id = "",
            .expires = now_ + lifetime};
  }

  std::string fetch(const std::string& response, std::chrono::seconds lifetime) {
    if (response == "freshCredentials" || response == "staleCredentials") {
      const bool stale = response == "staleCredentials";
      const bool taken = refresh_.fetched(made(stale ? 0s : lifetime), now_, chance_);
      return taken ? "newCredentials" : "cachedCredentials";
    }
    if (response == "error")
      return refresh_.failed(now_, chance_) ? "cachedCredentials" : "noCredentialsError";
    EXPECT_EQ(response, "nonRecoverableError");
    refresh_.refused(mistake("denied"), now_);
    return "nonRecoverableError";
  }

  Refresh refresh_;
  Moment now_ = start;
  double chance_ = 0;
  std::string id_;
};

void take(Resolver& resolver, const object& step) {
  const std::string type = text_of(step, "type");
  if (type == "advanceTime") return resolver.advance(number(step, "seconds", 0));
  if (type == "invalidate") return resolver.invalidate(text_of(step, "rejectedAccessKeyId"));
  ASSERT_EQ(type, "getCredentials");
  const object got = resolver.get(step);
  EXPECT_EQ(vectors::json::value(got), step.at("expected")) << vectors::json::serialize(got);
}

TEST_F(RefreshVectors, EveryPublishedCaseIsFollowed) {
  const auto suite = vectors::read_json(file("credentials/credential-refresh-tests.json"));
  int cases = 0;
  for (const auto& one : suite.as_array()) {
    SCOPED_TRACE(text_of(one.as_object(), "documentation"));
    ++cases;
    Resolver resolver{one.at("given").as_object()};
    for (const auto& step : one.at("steps").as_array()) take(resolver, step.as_object());
  }
  EXPECT_EQ(cases, 24);
  report("credential-refresh", cases);
}

TEST(Refresh, CredentialsWithoutAnEndAreNeverFetchedAgain) {
  Refresh refresh;
  EXPECT_EQ(refresh.next(start), Refresh::Step::fetch);
  EXPECT_TRUE(refresh.fetched({"a", "b", "", "", std::nullopt}, start, 0));
  EXPECT_EQ(refresh.next(start + std::chrono::hours{24 * 365}), Refresh::Step::use);
  refresh.invalidate("a");
  EXPECT_EQ(refresh.next(start), Refresh::Step::fetch);
}

TEST(Refresh, WhatReplacedRejectedCredentialsIsUsed) {
  Refresh refresh;
  EXPECT_TRUE(refresh.fetched({"a", "s", "", "", start + 1h}, start, 0));
  refresh.invalidate("a");
  EXPECT_TRUE(refresh.fetched({"b", "s", "", "", start + 1h}, start, 0));
  EXPECT_EQ(refresh.next(start), Refresh::Step::use);
  refresh.invalidate("a");
  EXPECT_EQ(refresh.next(start), Refresh::Step::use);
}

TEST(Refresh, SettlesForWhatIsHeldWhenTheSourceIsNotThereAndNotWhenItRefuses) {
  const Credentials first{"a", "s", "", "", start + 1h};
  const Credentials stale{"b", "s", "", "", start};
  const Error away{Kind::unavailable, "", "nobody answers", 0, ""};
  const Error denied{Kind::denied, "AccessDenied", "no", 403, ""};
  Refresh refresh;
  EXPECT_EQ(refresh.settle(away, start, 0).error(), away);
  EXPECT_EQ(refresh.next(start), Refresh::Step::fetch);
  EXPECT_FALSE(refresh.settle(stale, start, 0));
  EXPECT_EQ(refresh.settle(first, start, 0).value(), first);
  EXPECT_EQ(refresh.settle(away, start + 50min, 0).value(), first);
  EXPECT_EQ(refresh.next(start + 50min), Refresh::Step::wait);
  EXPECT_EQ(refresh.settle(stale, start + 56min, 0).value(), first);
  EXPECT_EQ(refresh.settle(denied, start + 59min, 0).error(), denied);
  EXPECT_EQ(refresh.next(start + 59min), Refresh::Step::raise);
}

TEST(Refresh, ARefusalIsForgottenAfterAFetch) {
  Refresh refresh;
  refresh.refused(mistake("denied"), start);
  EXPECT_EQ(refresh.next(start + 4999ms), Refresh::Step::raise);
  EXPECT_EQ(refresh.refusal()->what, "denied");
  EXPECT_EQ(refresh.next(start + 5s), Refresh::Step::fetch);
  EXPECT_TRUE(refresh.fetched({"a", "b", "", "", start + 1h}, start + 5s, 0));
  EXPECT_FALSE(refresh.refusal());
}

}  // namespace
}  // namespace sy::aws
