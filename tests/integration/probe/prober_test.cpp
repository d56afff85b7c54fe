#include "probe/prober.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "integration/probe/scripted_origin.h"
#include "unit/net/made_certificates.h"

namespace sy::probe {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::http_reply;
using testing::ScriptedOrigin;

const std::string guide_body =
    R"({"status": "healthy", "service": "pms-backend", "version": "v20240101-abc1234",)"
    R"( "gitSha": "abc1234", "environment": "staging", "buildTime": "2024-01-01T12:00:00Z"})";

struct ProberTest : ::testing::Test {
  asio::io_context io{1};
  SystemTime time;
  std::vector<std::unique_ptr<Prober>> made;
  Prober* prober = nullptr;  // the last one made
  std::vector<std::unique_ptr<ScriptedOrigin>> origins;
  int changes = 0;

  void SetUp() override { make({}); }
  void TearDown() override {
    net::TaskGroup last{io.get_executor()};
    for (auto& origin : origins) origin->stop();
    for (auto& each : made) last.spawn(each->stop());
    io.restart();
    io.run_for(10s);
    EXPECT_EQ(last.size(), 0u);
  }
  void make(net::ClientTlsOptions tls, Options options = {}) {
    made.push_back(std::make_unique<Prober>(io.get_executor(), time, options,
                                            net::ClientTls::load(tls).value()));
    prober = made.back().get();
    prober->set_on_change([this] { ++changes; });
  }
  ScriptedOrigin& origin(std::string reply, std::shared_ptr<const net::ServerTls> tls = nullptr) {
    origins.push_back(std::make_unique<ScriptedOrigin>(io.get_executor(), std::move(tls)));
    origins.back()->reply = std::move(reply);
    return *origins.back();
  }
  // Probed every 20 ms, so that a handful of probes takes no time worth naming.
  static director::ProbeTarget target(std::uint16_t port) {
    director::ProbeTarget one;
    one.service = "backend";
    one.endpoint.url = "http://127.0.0.1:" + std::to_string(port) + "/";
    one.endpoint.address = "127.0.0.1";
    one.endpoint.host = "127.0.0.1";
    one.endpoint.port = port;
    one.options.interval = 20ms;
    one.options.timeout = 5s;
    return one;
  }
  // Runs until it is so; the limit is there only for a broken prober.
  ::testing::AssertionResult until(const std::function<bool()>& so) {
    const Instant limit = time.now() + 20s;
    io.restart();
    while (!so() && time.now() < limit) io.run_one_for(1s);
    if (so()) return ::testing::AssertionSuccess();
    const auto& states = prober->states();
    return ::testing::AssertionFailure()
           << "never; last: "
           << (states.empty() || !states[0].last ? "none" : states[0].last->reason);
  }
  const director::ProbeState& state(std::size_t index = 0) { return prober->states().at(index); }
  // The reason of the first probe of a target.
  std::string reason_of(director::ProbeTarget only) {
    prober->watch({std::move(only)});
    EXPECT_TRUE(until([this] { return state().last.has_value(); }));
    EXPECT_FALSE(state().last->good);
    EXPECT_FALSE(state().open);
    return state().last->reason;
  }
};

std::uint16_t port_nobody_listens_on(asio::io_context& io) {
  ScriptedOrigin::Acceptor gone{io, asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  return gone.local_endpoint().port();
}

TEST_F(ProberTest, OpensTheGateAfterRiseGoodProbesAndReportsWhoAnswered) {
  auto only = target(origin(http_reply("200 OK", guide_body)).port());
  only.options.version_field = "version";

  prober->watch({only});
  EXPECT_FALSE(state().open);
  ASSERT_TRUE(until([this] { return state().open; }));

  EXPECT_EQ(origins[0]->requests.size(), 2u);
  EXPECT_TRUE(state().last->good);
  EXPECT_EQ(state().last->status, 200);
  EXPECT_TRUE(state().last->reason.starts_with("200 after ")) << state().last->reason;
  EXPECT_EQ(state().last->identity, (health::Identity{"v20240101-abc1234", "abc1234", "staging",
                                                      "2024-01-01T12:00:00Z", "pms-backend"}));
  EXPECT_EQ(changes, 2) << "the first answer, and the gate";
}

TEST_F(ProberTest, AsksForItsOwnPathOverAConnectionOfItsOwn) {
  auto only = target(origin(http_reply("204 No Content", "")).port());
  only.options.path = "/health";
  prober->watch({only});
  ASSERT_TRUE(until([this] { return state().last.has_value(); }));

  EXPECT_EQ(origins[0]->requests[0],
            "GET /health HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(only.endpoint.port) +
                "\r\nUser-Agent: switchyard-probe/dev\r\n"
                "Accept: application/json, */*\r\n"
                "Connection: close\r\n\r\n");
  EXPECT_TRUE(state().last->good);
}

TEST_F(ProberTest, ShutsTheGateAfterFallBadProbesAndKeepsWhoItWas) {
  auto only = target(origin(http_reply("200 OK", guide_body)).port());
  only.options.version_field = "version";
  prober->watch({only});
  ASSERT_TRUE(until([this] { return state().open; }));

  const auto before = origins[0]->requests.size();
  origins[0]->reply = http_reply("503 Service Unavailable", "");
  ASSERT_TRUE(until([this] { return !state().open; }));

  EXPECT_EQ(origins[0]->requests.size(), before + 3);
  EXPECT_EQ(state().last->status, 503);
  EXPECT_TRUE(state().last->reason.starts_with("503 after ")) << state().last->reason;
  EXPECT_EQ(state().last->identity.version, "v20240101-abc1234");
}

TEST_F(ProberTest, TellsOfANewVersionAtOnce) {
  auto only = target(origin(http_reply("200 OK", R"({"version": "v1"})")).port());
  only.options.version_field = "version";
  prober->watch({only});
  ASSERT_TRUE(until([this] { return state().open; }));
  const int before = changes;

  origins[0]->reply = http_reply("200 OK", R"({"version": "v2"})");
  ASSERT_TRUE(until([&] { return changes > before; }));

  EXPECT_EQ(state().last->identity.version, "v2");
  EXPECT_TRUE(state().open);
}

TEST_F(ProberTest, SaysWhyAProbeWasBad) {
  EXPECT_EQ(reason_of(target(port_nobody_listens_on(io))), "connect refused");

  auto unresolved = target(1);
  unresolved.endpoint.address = "";
  unresolved.endpoint.host = "a.test";
  EXPECT_EQ(reason_of(unresolved), "no address for a.test");

  auto& closing = origin("");
  closing.hangs_up = true;
  EXPECT_TRUE(reason_of(target(closing.port())).ends_with("before an answer"));
  EXPECT_EQ(reason_of(target(origin("").port())), "connection closed before an answer");
  EXPECT_EQ(reason_of(target(origin("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort").port())),
            "connection closed within the answer");
  EXPECT_TRUE(reason_of(target(origin("SSH-2.0-OpenSSH\r\n\r\n").port()))
                  .starts_with("answer is not HTTP: "));
  EXPECT_TRUE(reason_of(target(origin(http_reply("302 Found", "")).port()))
                  .ends_with(" ms, redirects are not followed"));
}

TEST_F(ProberTest, SaysThatABodyIsNotJsonOnlyWhereAVersionIsWanted) {
  auto plain = target(origin(http_reply("200 OK", "OK")).port());
  auto wanting = plain;
  wanting.options.version_field = "version";

  EXPECT_EQ(reason_of(wanting), "body is not JSON");
  prober->watch({plain});
  EXPECT_TRUE(until([this] { return state().open; }));
}

TEST_F(ProberTest, GivesUpAtItsTimeOutAndSaysHowFarItCame) {
  auto& silent = origin("");
  silent.stalls = true;
  auto& slow = origin("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
  slow.stalls = true;
  auto no_answer = target(silent.port());
  no_answer.options.timeout = 30ms;
  auto half = target(slow.port());
  half.options.timeout = 30ms;

  EXPECT_EQ(reason_of(no_answer), "timed out after 30 ms (no answer)");
  EXPECT_EQ(reason_of(half), "timed out after 30 ms (body incomplete)");
}

TEST_F(ProberTest, ReadsNoMoreThanItsLimits) {
  EXPECT_EQ(reason_of(target(origin(http_reply("200 OK", std::string(65537, 'x'))).port())),
            "body is over 65536 bytes");
  EXPECT_EQ(reason_of(target(
                origin("HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x') + "\r\n\r\n").port())),
            "head is over 16384 bytes");
  const std::string endless = "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x');
  EXPECT_EQ(reason_of(target(origin(endless).port())), "body is over 65536 bytes");
}

TEST_F(ProberTest, VerifiesTheCertificateOfHttpsEndpoints) {
  testing::MadeCertificates files;
  make(net::ClientTlsOptions{true, files.ca(), {"http/1.1"}});
  net::ServerTlsOptions options;
  options.certificates = {files.issue("a", "DNS:a.test")};
  const auto tls = net::ServerTls::load(options).value();
  auto right = target(origin(http_reply("200 OK", ""), tls).port());
  right.endpoint.tls = true;
  right.endpoint.host = "a.test";
  auto wrong = right;
  wrong.endpoint.host = "b.test";

  EXPECT_EQ(reason_of(wrong), "tls: certificate hostname mismatch");
  prober->watch({right});
  EXPECT_TRUE(until([this] { return state().open; }));
}

TEST_F(ProberTest, KeepsTheGateOfATargetThatStaysWhateverItsOptions) {
  const auto blue = target(origin(http_reply("200 OK", "")).port());
  auto green = target(origin(http_reply("200 OK", "")).port());
  green.color = Color::green;
  prober->watch({blue, green});
  ASSERT_TRUE(until([this] { return state(0).open && state(1).open; }));
  const WallTime since = state(1).since;

  auto tuned = green;
  tuned.options.fall = 1;
  prober->watch({tuned});

  EXPECT_EQ(prober->states().size(), 1u);
  EXPECT_TRUE(state().open);
  EXPECT_EQ(state().since, since);
  EXPECT_EQ(state().target, tuned);
  origins[1]->reply = http_reply("500 Internal Server Error", "");
  EXPECT_TRUE(until([this] { return !state().open; }));
  EXPECT_EQ(state().last->status, 500);
}

TEST_F(ProberTest, ATargetThatLeftAndCameBackStartsShut) {
  const auto only = target(origin(http_reply("200 OK", "")).port());
  prober->watch({only});
  ASSERT_TRUE(until([this] { return state().open; }));

  prober->watch({});
  EXPECT_TRUE(prober->states().empty());
  prober->watch({only});

  EXPECT_FALSE(state().open);
  EXPECT_EQ(state().last, std::nullopt);
}

TEST_F(ProberTest, HasNoMoreProbesInFlightThanAllowedAndReachesEveryTarget) {
  Options options;
  options.in_flight_max = 4;
  make({}, options);
  auto& one = origin(http_reply("200 OK", ""));
  std::vector<director::ProbeTarget> targets(300, target(one.port()));
  std::size_t most = 0;
  prober->watch(targets);

  EXPECT_TRUE(until([&] {
    most = std::max(most, prober->in_flight());
    const auto& states = prober->states();
    return std::all_of(states.begin(), states.end(),
                       [](const director::ProbeState& each) { return each.open; });
  }));

  EXPECT_EQ(most, 4u);
}

TEST_F(ProberTest, OutOfDescriptorsSaysNothingAboutTheTarget) {
  auto only = target(origin(http_reply("200 OK", "")).port());
  only.options.fall = 1;
  prober->watch({only});
  ASSERT_TRUE(until([this] { return state().open; }));

  std::vector<ScriptedOrigin::Socket> hoard;
  net::error_code none_left;
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  while (!none_left) {
    hoard.emplace_back(io.get_executor()).open(asio::ip::tcp::v4(), none_left);
  }
  const auto starved = until([this] { return !state().last->good; });
  const bool open = state().open;
  setrlimit(RLIMIT_NOFILE, &before);
  hoard.clear();

  ASSERT_TRUE(starved);
  EXPECT_TRUE(open);
  EXPECT_EQ(state().last->reason, "connect: too many open files");
  EXPECT_TRUE(until([this] { return state().last->good; }));
}

}  // namespace
}  // namespace sy::probe
