// Notices and the questions of the health check over real sockets.
#include "control/deploy/notice.h"

#include <gtest/gtest.h>

#include "control/deploy/health.h"
#include "control/deploy/web.h"
#include "support/manual_pace.h"
#include "support/small_server.h"
#include "unit/net/made_certificates.h"

namespace sy::control::deploy {
namespace {

using std::chrono::seconds;
using testing::Request;
using testing::respond;
using testing::SmallServer;

TEST(Notices, AreSignedAndSaidToHaveArrived) {
  SmallServer server{[](const Request&) { return respond(204); }};
  ManualPace pace;
  RecordingTeller teller;
  const Ending ending{.id = "op-7", .operation = "deploy", .outcome = "completed"};
  const auto told = tell_all(
      {{.name = "ops", .url = server.url() + "/hook?key=s3cret", .secret = "0123456789abcdef"}},
      ending, pace, teller);
  EXPECT_EQ(told, (std::vector<Told>{{"ops", true, ""}}));
  EXPECT_EQ(teller.words(Note::Kind::progress), std::vector<std::string>{"notify: ops was told"});
  const Request request = server.requests().at(0);
  EXPECT_EQ(request.target(), "/hook?key=s3cret");
  EXPECT_EQ(request["Content-Type"], "application/json");
  EXPECT_EQ(request["X-Switchyard-Delivery"], "op-7");
  EXPECT_EQ(request.body(), json_body(ending));
  EXPECT_EQ(std::string{request["X-Switchyard-Signature"]},
            signature("0123456789abcdef", std::chrono::sys_seconds{seconds{1'800'000'000}},
                      request.body()));
}

TEST(Notices, AreTriedAFewTimesAndChangeNothing) {
  SmallServer busy{[](const Request&) { return respond(503); }};
  SmallServer gone{[](const Request&) { return respond(SmallServer::hang_up); }};
  SmallServer wrong{[](const Request&) { return respond(404); }};
  ManualPace pace;
  RecordingTeller teller;
  const auto told = tell_all({{.name = "busy", .url = busy.url(), .slack = true},
                              {.name = "gone", .url = gone.url() + "/s3cret", .slack = true},
                              {.name = "wrong", .url = wrong.url(), .slack = true}},
                             {}, pace, teller);
  EXPECT_EQ(busy.requests().size(), 3U);
  EXPECT_EQ(gone.requests().size(), 3U);
  EXPECT_EQ(wrong.requests().size(), 1U);
  EXPECT_EQ(pace.rests, (std::vector<Duration>{seconds{1}, seconds{2}, seconds{1}, seconds{2}}));
  EXPECT_EQ(
      teller.words(Note::Kind::warning),
      (std::vector<std::string>{"notify: busy was not told: status 503",
                                "notify: gone was not told: the connection ended without an answer",
                                "notify: wrong was not told: status 404"}));
  EXPECT_EQ(told.size(), 3U);
  EXPECT_EQ(busy.requests()[0]["X-Switchyard-Signature"], "");
}

TEST(Notices, AUrlThatIsNoneIsNotRepeated) {
  ManualPace pace;
  RecordingTeller teller;
  EXPECT_EQ(tell_all({{.name = "ops", .url = "ftp://s3cret"}}, {}, pace, teller)[0].why,
            "what should be an http or https url is none");
}

TEST(Web, CertificatesAreVerified) {
  testing::MadeCertificates files;
  const auto good = files.issue("good", "IP:127.0.0.1");
  const auto other = files.issue("other", "DNS:other.test");
  SmallServer server{[](const Request&) { return respond(200, "fine"); }, good.certificate,
                     good.key};
  SmallServer stranger{[](const Request&) { return respond(200, "fine"); }, other.certificate,
                       other.key};
  ManualPace pace;
  EXPECT_EQ(ask_web({.url = server.url(), .ca = files.ca()}, pace)->body, "fine");
  EXPECT_FALSE(ask_web({.url = server.url()}, pace));
  EXPECT_FALSE(ask_web({.url = stranger.url(), .ca = files.ca()}, pace));
  EXPECT_EQ(ask_web({.url = stranger.url(), .host = "other.test", .ca = files.ca()}, pace)->body,
            "fine");
  EXPECT_EQ(std::string{stranger.requests().at(0)["Host"]}, "other.test");
}

TEST(Web, AnswersAreBoundedInTimeAndSize) {
  std::atomic<bool> let_go = false;
  SmallServer server{[&let_go](const Request& request) {
    while (request.target() == "/slow" && !let_go) std::this_thread::yield();
    return respond(200, std::string(100'000, 'x'));
  }};
  ManualPace pace;
  const std::string url = server.url();
  EXPECT_EQ(ask_web({.url = url, .body_bytes_max = 1'000}, pace)->body.size(), 1'000U);
  EXPECT_EQ(ask_web({.url = url + "/slow", .timeout = std::chrono::milliseconds{60}}, pace).error(),
            (Failure{ExitCode::timed_out, "no answer in 60ms"}));
  let_go = true;
  pace.waits_max = 0;
  EXPECT_EQ(ask_web({.url = "http://127.0.0.1:1"}, pace).error().code, ExitCode::failed);
}

TEST(Health, AsksAsAClientDoesAndMindsTheVersion) {
  std::string version = "v2";
  int status = 200;
  SmallServer server{[&](const Request& request) {
    return respond(request.target() == "/healthz" ? status : 404,
                   "{\"version\":\"" + version + "\"}");
  }};
  const edge::Options edge{.traffic = server.url() + "/"};
  const Target target{.version = "v2",
                      .services = {{"backend", {.version_field = "version"}},
                                   {"frontend", {.health_path = "/health"}}}};
  ManualPace pace;
  const Ask ask = asker(edge, target, pace);
  EXPECT_EQ(ask("backend").value(), "");
  EXPECT_EQ(ask("frontend").value(), "/health: status 404");
  version = "v1";
  EXPECT_EQ(ask("backend").value(), "/healthz says v1, not v2");
  version = "";
  EXPECT_EQ(ask("backend").value(), "/healthz does not say its version");
  status = 500;
  EXPECT_EQ(ask("backend").value(), "/healthz: status 500");
  EXPECT_EQ(std::string{server.requests()[0]["x-switchyard-color"]}, "");
}

}  // namespace
}  // namespace sy::control::deploy
