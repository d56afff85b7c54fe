#include "api/routes.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "integration/api/fake_control.h"
#include "support/manual_time.h"

namespace sy::api {
namespace {

class ApiRoutes : public ::testing::Test {
 protected:
  Response send(Request request) {
    boost::asio::io_context io{1};
    Response response;
    boost::asio::co_spawn(io, routes.answer(std::move(request)),
                          [&response](const std::exception_ptr& died, Response answer) {
                            ASSERT_FALSE(died);
                            response = std::move(answer);
                          });
    io.run();
    return response;
  }
  static Request get(std::string target) {
    return {.method = "GET",
            .target = std::move(target),
            .fields = {{"host", "127.0.0.1:9900"}},
            .address = "127.0.0.1"};
  }
  static Request put(std::string target, std::string body) {
    Request request = get(std::move(target));
    request.method = "PUT";
    request.fields.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    request.has_length = true;
    return request;
  }
  static Request post(std::string target, std::string body) {
    Request request = put(std::move(target), std::move(body));
    request.method = "POST";
    return request;
  }
  static std::string field(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields)
      if (key == name) return value;
    return "absent";
  }
  static std::string detail(const Response& response) {
    return decode_problem(response.body).value().detail;
  }

  sy::testing::ManualTime time;
  sy::testing::FakeControl control;
  std::string not_ready;
  Routes routes{time, control,
                Provided{.metrics = [] { return std::string("switchyard_up 1\n"); },
                         .not_ready = [this] { return not_ready; },
                         .version = "v20240101-abc1234",
                         .git_sha = "abc1234"},
                Options{}};
};

constexpr auto split = R"({"blue":90,"green":10,"reason":"canary"})";

TEST_F(ApiRoutes, StatusCarriesTheGenerationAsItsTag) {
  const Response response = send(get("/v1/status"));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(field(response, "ETag"), "\"7\"");
  EXPECT_EQ(decode_status(response.body).value().colors.blue.weight, 10'000);
}

TEST_F(ApiRoutes, AChangeCarriesActorReasonKeyAndGeneration) {
  Request request = put("/v1/weights", split);
  request.fields.emplace_back("idempotency-key", "key-1");
  request.fields.emplace_back("if-match", "\"7\"");

  const Response response = send(std::move(request));

  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(field(response, "ETag"), "\"8\"");
  EXPECT_EQ(control.intents.back().actor, "local");
  EXPECT_EQ(control.intents.back().reason, "canary");
  EXPECT_EQ(control.intents.back().idempotency_key, "key-1");
  EXPECT_EQ(control.intents.back().if_generation, 7u);
  EXPECT_EQ(std::get<rollout::SetWeights>(control.commands.back()).weight,
            (PerColor<int>{9'000, 1'000}));
}

TEST_F(ApiRoutes, ADryRunIsPassedOnAsSuch) {
  EXPECT_EQ(send(put("/v1/weights?dry_run=true", split)).status, 200);
  EXPECT_TRUE(control.intents.back().dry_run);
  EXPECT_TRUE(control.commands.empty());
}

TEST_F(ApiRoutes, AMisspeltDryRunIsNotTheRealThing) {
  const Response response = send(put("/v1/weights?dryrun=true", split));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(detail(response), "the query parameter \"dryrun\" means nothing here");
  EXPECT_EQ(send(put("/v1/weights?dry_run=1", split)).status, 400);
  EXPECT_TRUE(control.intents.empty());
}

TEST_F(ApiRoutes, EachCallBecomesItsCommand) {
  EXPECT_EQ(send(post("/v1/switch", R"({"color":"green","force":true})")).status, 200);
  EXPECT_TRUE(std::get<rollout::Switch>(control.commands.back()).force);
  EXPECT_EQ(send(post("/v1/rollback", "")).status, 200);
  EXPECT_TRUE(std::holds_alternative<rollout::Rollback>(control.commands.back()));
  EXPECT_EQ(send(put("/v1/maintenance", R"({"on":true})")).status, 200);
  EXPECT_TRUE(std::get<rollout::SetMaintenance>(control.commands.back()).on);
  EXPECT_EQ(send(put("/v1/upstreams/green", R"({"endpoints":{"backend":["http://a:1"]}})")).status,
            200);
  const auto& upstreams = std::get<rollout::SetUpstreams>(control.commands.back());
  EXPECT_EQ(upstreams.color, Color::green);
  EXPECT_EQ(upstreams.endpoints.at("backend"), std::vector<std::string>{"http://a:1"});
}

TEST_F(ApiRoutes, ARolloutIsAcceptedAndSaysWhereToLook) {
  const Response response = send(
      post("/v1/rollouts", R"({"color":"green","version":"v20240108-def5678","reason":"release",)"
                           R"("plan":{"holds":[{"percent":5,"for":"1m"},{"percent":100,"for":60}],)"
                           R"("approval":{},"when_quiet":"advance"}})"));

  ASSERT_EQ(response.status, 202) << response.body;
  EXPECT_EQ(field(response, "Location"), "/v1/rollout");
  EXPECT_EQ(decode_applied(response.body).value().rollout, "r8");
  const auto& start = std::get<rollout::Start>(control.commands.back());
  EXPECT_EQ(start.actor, "local");
  EXPECT_EQ(start.reason, "release");
  EXPECT_EQ(start.version, "v20240108-def5678");
  EXPECT_EQ(
      start.plan,
      (rollout::Plan{.name = "given",
                     .holds = {{500, std::chrono::minutes{1}}, {10'000, std::chrono::minutes{1}}},
                     .approval = rollout::Approval{},
                     .when_quiet = rollout::WhenQuiet::advance}));
}

TEST_F(ApiRoutes, ADryRunOfARolloutIsNotAccepted) {
  const Response response =
      send(post("/v1/rollouts?dry_run=true", R"({"color":"green","any_version":true})"));

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(field(response, "Location"), "absent");
}

TEST_F(ApiRoutes, EachStepOfARolloutBecomesItsCommand) {
  EXPECT_EQ(send(post("/v1/rollout/promote", "")).status, 200);
  const auto promote = std::get<rollout::Promote>(control.commands.back());
  EXPECT_EQ(promote, (rollout::Promote{"", true, "local"}));
  EXPECT_EQ(send(post("/v1/rollout/approve", R"({"version":"v20240108-def5678"})")).status, 200);
  EXPECT_EQ(std::get<rollout::Approve>(control.commands.back()),
            (rollout::Approve{"v20240108-def5678", "local"}));
  EXPECT_EQ(send(post("/v1/rollout/pause", "")).status, 200);
  EXPECT_TRUE(std::holds_alternative<rollout::Pause>(control.commands.back()));
  EXPECT_EQ(send(post("/v1/rollout/resume", "{}")).status, 200);
  EXPECT_TRUE(std::holds_alternative<rollout::Resume>(control.commands.back()));
  EXPECT_EQ(send(post("/v1/rollout/abort", R"({"reason":"slow"})")).status, 200);
  EXPECT_TRUE(std::holds_alternative<rollout::Abort>(control.commands.back()));
  EXPECT_EQ(control.intents.back().reason, "slow");
}

TEST_F(ApiRoutes, ApprovingNeedsAnApproverPromotingSaysWhetherOneAsks) {
  Options options;
  options.tokens = {
      {"ci", Role::operator_, "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"},
      {"ann", Role::approver, "3c01eba119e00d79c82b6f65d70bc5f1044d568618bf41377e6d1432023fc2b8"}};
  routes.replace(options);
  const auto as = [this](const char* token, const char* target, const char* body) {
    Request request = post(target, body);
    request.fields.emplace_back("authorization", std::string("Bearer ") + token);
    return send(std::move(request));
  };
  constexpr auto approve = "/v1/rollout/approve";
  constexpr auto body = R"({"version":"v20240108-def5678"})";

  EXPECT_EQ(as("secret", approve, body).status, 403);
  EXPECT_TRUE(control.commands.empty());
  EXPECT_EQ(as("look", approve, body).status, 200);
  EXPECT_EQ(std::get<rollout::Approve>(control.commands.back()).actor, "ann");
  EXPECT_EQ(as("secret", "/v1/rollout/promote", "{}").status, 200);
  EXPECT_FALSE(control.intents.back().approver);
  EXPECT_FALSE(std::get<rollout::Promote>(control.commands.back()).approver);
  EXPECT_EQ(as("look", "/v1/rollout/promote", "{}").status, 200);
  EXPECT_TRUE(control.intents.back().approver);
  EXPECT_TRUE(std::get<rollout::Promote>(control.commands.back()).approver);
}

TEST_F(ApiRoutes, ARolloutThatRunsIsSeenInItsPlaceAndInEveryRefusal) {
  ASSERT_EQ(send(post("/v1/rollouts", R"({"color":"green","any_version":true})")).status, 202);

  const Response seen = send(get("/v1/rollout"));
  control.refuse = Error{Blame::client, false, 409, "a rollout runs: promote, pause or abort it"};
  const Response refused = send(put("/v1/weights", split));

  EXPECT_EQ(field(seen, "ETag"), "\"8\"");
  const RolloutsView rollouts = decode_rollouts(seen.body).value();
  ASSERT_TRUE(rollouts.rollout);
  EXPECT_EQ(rollouts.rollout->id, "r8");
  EXPECT_EQ(rollouts.rollout->phase, "gating");
  EXPECT_EQ(rollouts.rollout->hold, 1u);
  EXPECT_EQ(rollouts.verdict.kind, "inconclusive");
  EXPECT_EQ(decode_status(send(get("/v1/status")).body).value().rollout, rollouts.rollout);
  EXPECT_EQ(decode_problem(refused.body).value().rollout, (ProblemRollout{"r8", "gating", 0}));
}

TEST_F(ApiRoutes, ARolloutThatIsWronglyAskedForChangesNothing) {
  const Response response = send(post("/v1/rollouts", R"({"color":"green","version":"1.2.3"})"));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(decode_problem(response.body).value().faults.front().pointer, "/version");
  EXPECT_TRUE(control.intents.empty());
}

TEST_F(ApiRoutes, ARefusalSaysWhatIsTrueNow) {
  control.refuse = Error{Blame::client, false, 409, "green's gate is shut: connect refused"};

  const Response response = send(put("/v1/weights", split));

  EXPECT_EQ(response.status, 409);
  const Problem problem = decode_problem(response.body).value();
  EXPECT_EQ(problem.detail, "green's gate is shut: connect refused");
  EXPECT_EQ(problem.generation, 7u);
  EXPECT_EQ(problem.weights, (PerColor<int>{10'000, 0}));
  EXPECT_EQ(problem.phase, "steady");
}

TEST_F(ApiRoutes, AFullDiskIs503WithRetryAfter) {
  control.refuse = Error{Blame::self, true, 503, "state not saved: no space left on device"};

  const Response response = send(put("/v1/weights", split));

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(field(response, "Retry-After"), "1");
}

TEST_F(ApiRoutes, AStaleGenerationIs412) {
  Request request = put("/v1/weights", split);
  request.fields.emplace_back("if-match", "\"6\"");

  EXPECT_EQ(send(std::move(request)).status, 412);
}

TEST_F(ApiRoutes, ConditionsThatCannotBeReadChangeNothing) {
  for (const auto match : {"7", "W/\"7\"", "\"7\", \"8\"", "\"x\"", "\"\""}) {
    Request request = put("/v1/weights", split);
    request.fields.emplace_back("if-match", match);
    EXPECT_EQ(send(std::move(request)).status, 400) << match;
  }
  for (const auto& key : {std::string(129, 'k'), std::string("a b"), std::string("\xc3\xa9")}) {
    Request request = put("/v1/weights", split);
    request.fields.emplace_back("idempotency-key", key);
    EXPECT_EQ(send(std::move(request)).status, 400) << key;
  }
  Request twice = put("/v1/weights", split);
  twice.fields.emplace_back("if-match", "\"7\"");
  twice.fields.emplace_back("if-match", "\"6\"");
  EXPECT_EQ(send(std::move(twice)).status, 400);
  EXPECT_TRUE(control.intents.empty());
}

TEST_F(ApiRoutes, ABodyThatIsNeededMustBeThere) {
  Request request = put("/v1/weights", "");
  request.has_length = false;

  EXPECT_EQ(send(std::move(request)).status, 411);
}

TEST_F(ApiRoutes, OtherMethodsAndPathsAreToldSo) {
  const Response deleted = send([] {
    Request request = get("/v1/weights");
    request.method = "DELETE";
    return request;
  }());

  EXPECT_EQ(deleted.status, 405);
  EXPECT_EQ(field(deleted, "Allow"), "PUT");
  EXPECT_EQ(field(send(post("/v1/status", "{}")), "Allow"), "GET, HEAD");
  EXPECT_EQ(field(send(post("/", "{}")), "Allow"), "GET, HEAD");
  EXPECT_EQ(send(get("/v1/nothing")).status, 404);
  EXPECT_EQ(send(put("/v1/upstreams/red", "{}")).status, 404);
  EXPECT_EQ(send(get("/../etc/passwd")).status, 404);
}

TEST_F(ApiRoutes, TheJournalIsReadFromItsEndOrFromASequence) {
  for (int i = 0; i < 9; ++i) control.note("ci", "weights", "step");

  const auto tail = decode_journal(send(get("/v1/journal?limit=3")).body).value();
  const auto from = decode_journal(send(get("/v1/journal?after=2&limit=3")).body).value();
  const auto end = decode_journal(send(get("/v1/journal?after=10")).body).value();

  EXPECT_EQ(tail.entries.front().sequence, 8u);
  EXPECT_EQ(tail.next, 10u);
  EXPECT_FALSE(tail.more);
  EXPECT_EQ(from.entries.front().sequence, 3u);
  EXPECT_EQ(from.next, 5u);
  EXPECT_TRUE(from.more);
  EXPECT_TRUE(end.entries.empty());
  EXPECT_EQ(end.next, 10u);
  EXPECT_EQ(send(get("/v1/journal?limit=0")).status, 400);
  EXPECT_EQ(send(get("/v1/journal?limit=1001")).status, 400);
  EXPECT_EQ(send(get("/v1/journal?after=-1")).status, 400);
}

TEST_F(ApiRoutes, LivenessDoesNotDependOnReadiness) {
  not_ready = "draining";

  EXPECT_EQ(send(get("/livez")).status, 200);
  const Response ready = send(get("/readyz"));
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, R"({"ready":false,"reason":"draining"})");
}

TEST_F(ApiRoutes, TheDashboardBringsItsPolicy) {
  const Response page = send(get("/"));

  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("<title>Switchyard</title>"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  EXPECT_EQ(field(page, "Content-Security-Policy"),
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  EXPECT_EQ(field(page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(field(page, "Cache-Control"), "no-store");
  EXPECT_EQ(field(send(get("/app.js")), "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(send(get("/style.css")).status, 200);
}

TEST_F(ApiRoutes, EventsBeginWithTheStateAndGoOnFromThere) {
  control.happen("weights");
  Response response = send(get("/v1/events"));
  ASSERT_EQ(response.follow_from, 1u);
  EXPECT_NE(response.body.find("id: 1\nevent: snapshot\ndata: {"), std::string::npos);

  control.happen("gate");
  std::uint64_t after = *response.follow_from;

  EXPECT_EQ(routes.news(after), "id: 2\nevent: gate\ndata: {\"generation\":7}\n\n");
  EXPECT_EQ(routes.news(after), "");
}

TEST_F(ApiRoutes, EventsResumeAfterTheLastOneSeen) {
  for (int i = 0; i < 3; ++i) control.happen("gate");
  Request request = get("/v1/events");
  request.fields.emplace_back("last-event-id", "2");

  const Response response = send(std::move(request));

  EXPECT_EQ(response.follow_from, 2u);
  EXPECT_EQ(response.body.find("snapshot"), std::string::npos);
}

TEST_F(ApiRoutes, AReaderWhoMissedEventsIsToldOfTheGapAndTheState) {
  control.kept = 2;
  for (int i = 0; i < 9; ++i) control.happen("gate");
  std::uint64_t after = 3;

  const std::string text = routes.news(after);

  EXPECT_TRUE(text.starts_with("event: gap\ndata: {}\n\nid: 9\nevent: snapshot\n")) << text;
  EXPECT_EQ(after, 9u);
}

TEST_F(ApiRoutes, AnIdOfAnEarlierRunIsAGapToo) {
  Request request = get("/v1/events");
  request.fields.emplace_back("last-event-id", "500");

  const Response response = send(std::move(request));

  EXPECT_EQ(response.follow_from, 0u);
  EXPECT_NE(response.body.find("event: gap"), std::string::npos);
}

TEST_F(ApiRoutes, ATokenThatFailsIsChallenged) {
  Options options;
  options.tokens = {{"ci", Role::viewer, std::string(64, '0')}};
  routes.replace(options);

  const Response response = send(get("/v1/status"));

  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(field(response, "WWW-Authenticate"), "Bearer realm=\"switchyard\"");
  EXPECT_EQ(send(get("/")).status, 200);
  EXPECT_EQ(send(get("/metrics")).status, 200);
}

}  // namespace
}  // namespace sy::api
