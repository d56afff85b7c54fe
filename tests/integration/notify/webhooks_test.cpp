#include "notify/webhooks.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "integration/notify/receiver.h"
#include "notify/payload.h"
#include "unit/net/made_certificates.h"

namespace sy::notify {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Received;
using testing::Receiver;

// Retries come within milliseconds, so that a handful of them takes no time worth naming.
struct WebhooksTest : ::testing::Test {
  asio::io_context io{1};
  SystemTime time;
  Options options;
  notify::Setup setup;
  std::vector<std::unique_ptr<Receiver>> receivers;
  std::unique_ptr<Webhooks> webhooks;
  std::vector<std::string> reports;
  bool stopped = false;

  WebhooksTest() {
    options.retry.first = 1ms;
    options.retry.most = 2ms;
    setup.tls = net::ClientTls::load({}).value();
    setup.report = [this](std::string_view target, std::string_view what) {
      reports.push_back(std::string{target} + ": " + std::string{what});
    };
    setup.seed = 7;
  }
  void TearDown() override {
    net::TaskGroup last{io.get_executor()};
    if (webhooks && !stopped) last.spawn(webhooks->stop());
    for (auto& receiver : receivers) receiver->stop();
    io.restart();
    io.run_for(10s);
    EXPECT_EQ(last.size(), 0U);
    for (const std::string& report : reports)
      EXPECT_EQ(report.find("hidden"), std::string::npos) << report;
  }
  Receiver& receiver(std::vector<std::string> replies,
                     std::shared_ptr<const net::ServerTls> tls = nullptr) {
    receivers.push_back(std::make_unique<Receiver>(io.get_executor(), std::move(tls)));
    receivers.back()->replies = std::move(replies);
    return *receivers.back();
  }
  static Target target(const std::string& name, std::uint16_t port) {
    Target one;
    one.name = name;
    one.url = "http://127.0.0.1:" + std::to_string(port) + "/hidden?k=hidden";
    one.secret = "hidden-hidden-hidden";
    return one;
  }
  Webhooks& start(std::vector<Target> targets) {
    options.targets = std::move(targets);
    webhooks = std::make_unique<Webhooks>(io.get_executor(), time, options, setup);
    return *webhooks;
  }
  void tell(const std::string& what, const std::string& type = "held") {
    director::Notice notice;
    notice.type = type;
    notice.what = what;
    webhooks->notify(notice);
  }
  Counters counters(const std::string& name = "a") { return webhooks->counters().at(name); }
  // Runs until it is so; the limit is there only for broken code.
  bool until(const std::function<bool()>& so) {
    const Instant limit = time.now() + 20s;
    io.restart();
    while (!so() && time.now() < limit) io.run_one_for(1s);
    return so();
  }
  bool until_sent(std::uint64_t count) {
    return until([&] { return counters().sent == count; });
  }
  void stop() {
    net::TaskGroup last{io.get_executor()};
    last.spawn(webhooks->stop());
    EXPECT_TRUE(until([&] { return last.size() == 0; }));
    stopped = true;
  }
};

std::vector<std::string> whats(const Receiver& receiver) {
  std::vector<std::string> found;
  for (const Received& one : receiver.received) found.push_back(one.what());
  return found;
}

std::shared_ptr<const net::ServerTls> serving(testing::MadeCertificates& files) {
  net::ServerTlsOptions options;
  options.certificates = {files.issue("receiver", "IP:127.0.0.1")};
  return net::ServerTls::load(options).value();
}

std::uint16_t port_nobody_listens_on(asio::io_context& io) {
  Receiver::Acceptor gone{io, asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  return gone.local_endpoint().port();
}

TEST_F(WebhooksTest, SendsASignedObject) {
  Receiver& one = receiver({"204 No Content"});
  start({target("a", one.port())});
  tell("first");
  EXPECT_TRUE(one.received.empty()) << "nothing happens inside notify()";
  ASSERT_TRUE(until_sent(1));

  const Received& got = one.received.at(0);
  EXPECT_TRUE(got.head.starts_with("POST /hidden?k=hidden HTTP/1.1\r\n")) << got.head;
  EXPECT_EQ(got.field("Host"), "127.0.0.1:" + std::to_string(one.port()));
  EXPECT_EQ(got.field("User-Agent"), "switchyard/dev");
  EXPECT_EQ(got.field("Content-Type"), "application/json");
  EXPECT_EQ(got.what(), "first");
  const auto id = boost::json::parse(got.body).at("id").as_string();
  EXPECT_EQ(got.field("X-Switchyard-Delivery"), id);
  const std::string signed_with = got.field("X-Switchyard-Signature");
  const std::chrono::sys_seconds at{std::chrono::seconds{std::stoll(signed_with.substr(2))}};
  EXPECT_EQ(signed_with, signature("hidden-hidden-hidden", at, got.body));
  EXPECT_EQ(counters(), (Counters{1, 0, 0, 0}));
  EXPECT_TRUE(reports.empty());
}

TEST_F(WebhooksTest, SendsTextToSlackUnsigned) {
  Receiver& one = receiver({"200 OK"});
  Target slack = target("a", one.port());
  slack.kind = Kind::slack;
  slack.secret = "";
  start({slack});
  tell("first");
  ASSERT_TRUE(until_sent(1));
  EXPECT_TRUE(boost::json::parse(one.received.at(0).body).as_object().contains("text"));
  EXPECT_EQ(one.received.at(0).field("X-Switchyard-Signature"), "");
}

TEST_F(WebhooksTest, SendsInOrderOneAtATimeWhateverFails) {
  Receiver& one = receiver({"500 Broken", Receiver::hang_up, "200 OK", "200 OK",
                            "503 Busy\r\nRetry-After: 0", "200 OK"});
  start({target("a", one.port())});
  for (const char* what : {"1", "2", "3"}) tell(what);
  EXPECT_EQ(counters().queued, 3U);
  ASSERT_TRUE(until_sent(3));

  EXPECT_EQ(whats(one), (std::vector<std::string>{"1", "1", "1", "2", "3", "3"}));
  std::set<std::string> ids;
  for (const Received& got : one.received) ids.insert(got.field("X-Switchyard-Delivery"));
  EXPECT_EQ(ids.size(), 3U) << "a repeated notice keeps its id";
  EXPECT_EQ(one.open_most, 1U);
  EXPECT_EQ(counters(), (Counters{3, 3, 0, 0}));
  EXPECT_EQ(reports,
            (std::vector<std::string>{"a: answered 500; it is tried again", "a: answers again",
                                      "a: answered 503; it is tried again", "a: answers again"}));
}

TEST_F(WebhooksTest, DropsWhatTheReceiverDoesNotWant) {
  Receiver& one = receiver({"404 Not Found", "302 Found\r\nLocation: /elsewhere", "200 OK"});
  start({target("a", one.port())});
  for (const char* what : {"1", "2", "3"}) tell(what);
  ASSERT_TRUE(until_sent(1));
  EXPECT_EQ(whats(one), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(counters(), (Counters{1, 2, 2, 0}));
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_NE(reports[0].find("(held) is dropped: answered 404, which trying again would not change"),
            std::string::npos)
      << reports[0];
}

TEST_F(WebhooksTest, WaitsAsLongAsTheReceiverAsksForWithinTheMost) {
  options.retry.most = 50ms;
  Receiver& one = receiver({"429 Too Many\r\nRetry-After: 3600", "200 OK"});
  start({target("a", one.port())});
  const Instant begun = time.now();
  tell("1");
  ASSERT_TRUE(until_sent(1));
  EXPECT_GE(time.now() - begun, 50ms);
  EXPECT_EQ(one.received.size(), 2U);
}

TEST_F(WebhooksTest, GivesUpInTheEnd) {
  options.retry.give_up = 20ms;
  start({target("a", port_nobody_listens_on(io))});
  tell("1", "reverted");
  ASSERT_TRUE(until([&] { return counters().dropped == 1; }));
  EXPECT_EQ(counters().queued, 0U);
  EXPECT_GE(counters().failed, 1U);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0], "a: no connection: Connection refused; it is tried again");
  EXPECT_NE(reports[1].find("(reverted) is dropped: no connection: Connection refused, too often"),
            std::string::npos)
      << reports[1];
}

TEST_F(WebhooksTest, ADeadOrSilentTargetDoesNotDelayTheOthers) {
  options.timeout = 30s;
  Receiver& silent = receiver({Receiver::silence});
  Receiver& sound = receiver({"200 OK"});
  start({target("dead", port_nobody_listens_on(io)), target("silent", silent.port()),
         target("a", sound.port())});
  for (const char* what : {"1", "2", "3"}) tell(what);
  ASSERT_TRUE(until([&] { return counters().sent == 3 && silent.received.size() == 1; }));
  EXPECT_EQ(counters("silent").queued, 3U);
  EXPECT_EQ(counters("dead").queued, 3U);
}

TEST_F(WebhooksTest, ASilentReceiverIsLeftAfterTheTimeOut) {
  options.timeout = 50ms;
  Receiver& one = receiver({Receiver::silence, "200 OK"});
  start({target("a", one.port())});
  tell("1");
  ASSERT_TRUE(until_sent(1));
  EXPECT_GE(one.received.size(), 2U);
  EXPECT_EQ(reports.at(0), "a: no answer in time; it is tried again");
}

TEST_F(WebhooksTest, KeepsALimitedQueueAndDropsTheOldest) {
  options.queue_max = 3;
  Receiver& one = receiver({"200 OK"});
  start({target("a", one.port())});
  for (int i = 0; i < 10; ++i) tell(std::to_string(i));
  EXPECT_EQ(counters(), (Counters{0, 0, 7, 3}));
  ASSERT_TRUE(until_sent(3));
  EXPECT_EQ(whats(one), (std::vector<std::string>{"7", "8", "9"}));
  EXPECT_EQ(reports, std::vector<std::string>{"a: over 3 notices wait: the oldest are dropped"});
}

TEST_F(WebhooksTest, TellsOnlyWhatATargetWants) {
  Receiver& one = receiver({"200 OK"});
  Target some = target("a", one.port());
  some.events = {"reverted", "completed"};
  start({some});
  tell("1", "started");
  tell("2", "reverted");
  tell("3", "held");
  tell("4", "completed");
  ASSERT_TRUE(until_sent(2));
  EXPECT_EQ(whats(one), (std::vector<std::string>{"2", "4"}));
}

TEST_F(WebhooksTest, VerifiesCertificates) {
  testing::MadeCertificates files;
  Receiver& one = receiver({"200 OK"}, serving(files));
  Target over_tls = target("a", one.port());
  over_tls.url.replace(0, 4, "https");
  start({over_tls});
  tell("1");
  ASSERT_TRUE(until([&] { return counters().failed > 0; }));
  EXPECT_TRUE(one.received.empty());
  EXPECT_TRUE(reports.at(0).starts_with("a: its certificate: ")) << reports.at(0);
}

TEST_F(WebhooksTest, SendsOverTlsToWhomItBelieves) {
  testing::MadeCertificates files;
  Receiver& one = receiver({"200 OK"}, serving(files));
  net::ClientTlsOptions believing;
  believing.ca = files.ca();
  setup.tls = net::ClientTls::load(believing).value();
  Target over_tls = target("a", one.port());
  over_tls.url.replace(0, 4, "https");
  start({over_tls});
  tell("1");
  ASSERT_TRUE(until_sent(1));
}

TEST_F(WebhooksTest, AReloadKeepsWhatIsQueuedForTheSameName) {
  Receiver& sound = receiver({"200 OK"});
  options.retry.first = options.retry.most = 1h;  // only the reload can end this rest
  options.retry.give_up = 24h;
  start({target("a", port_nobody_listens_on(io)), target("b", port_nobody_listens_on(io))});
  tell("1");
  ASSERT_TRUE(until([&] { return counters().failed == 1 && counters("b").failed == 1; }));
  tell("2");

  options.targets = {target("a", sound.port()), target("c", sound.port())};
  webhooks->reload(options);
  ASSERT_TRUE(until_sent(2));
  EXPECT_EQ(whats(sound), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(webhooks->counters().size(), 2U);
  EXPECT_EQ(reports.back(), "b: no longer configured: its notices are dropped");
}

TEST_F(WebhooksTest, AtTheEndTriesWhatIsQueuedOnceMore) {
  options.flush = 30s;
  Receiver& one = receiver({"500 Broken", "200 OK"});
  options.retry.first = options.retry.most = 1h;
  options.retry.give_up = 24h;
  start({target("a", one.port()), target("b", port_nobody_listens_on(io))});
  for (const char* what : {"1", "2"}) tell(what);
  ASSERT_TRUE(until([&] { return counters().failed == 1 && counters("b").failed == 1; }));
  stop();
  EXPECT_EQ(whats(one), (std::vector<std::string>{"1", "1", "2"}));
  EXPECT_EQ(counters(), (Counters{2, 1, 0, 0}));
  EXPECT_EQ(counters("b"), (Counters{0, 2, 2, 0}));
  EXPECT_EQ(reports.back(), "b: left unsent at the end: 2");
  tell("3");
  EXPECT_EQ(counters().queued, 0U);
}

TEST_F(WebhooksTest, TheEndDoesNotWaitForASilentReceiver) {
  options.flush = 20ms;
  options.timeout = 1h;
  Receiver& one = receiver({Receiver::silence});
  start({target("a", one.port())});
  tell("1");
  ASSERT_TRUE(until([&] { return one.received.size() == 1; }));
  stop();
  EXPECT_EQ(counters(), (Counters{0, 0, 1, 0}));
  EXPECT_EQ(reports, std::vector<std::string>{"a: left unsent at the end: 1"});
}

TEST_F(WebhooksTest, AUrlThatIsNoneIsSaidAndDropped) {
  Target wrong = target("a", 1);
  wrong.url = "hidden";
  start({wrong});
  tell("1");
  ASSERT_TRUE(until([&] { return counters().dropped == 1; }));
  EXPECT_EQ(reports.at(0), "a: the url must start with http:// or https://");
}

TEST_F(WebhooksTest, AHostWithoutAnAddressIsTriedAgain) {
  setup.resolving.servers = "127.0.0.1:" + std::to_string(port_nobody_listens_on(io));
  setup.resolving.timeout = 10ms;
  setup.resolving.tries = 1;
  Target nowhere = target("a", 1);
  nowhere.url = "http://nowhere.test/hidden";
  start({nowhere});
  tell("1");
  ASSERT_TRUE(until([&] { return counters().failed >= 3; }));
  EXPECT_TRUE(reports.at(0).starts_with("a: its host has no address")) << reports.at(0);
  EXPECT_EQ(reports.size(), 1U);
}

}  // namespace
}  // namespace sy::notify
