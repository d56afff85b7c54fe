#include "config/proxy_config.h"

#include <gtest/gtest.h>

#include "config/address.h"
#include "unit/config/support.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

// Problems of one service with `keys` added to it, which stand on line 4 and after.
Lines problems_of_service(const std::string& keys) {
  return lines(
      parse("services:\n  web:\n    {blue: [http://a], green: [http://b],\n" + keys + "}\n")
          .problems);
}

TEST(ProxyConfig, EverythingButServicesHasADefault) {
  ProxyConfig expected;
  director::ServiceOptions web;
  web.name = "web";
  web.paths = {"/"};
  web.endpoints = {{"http://127.0.0.1:9101"}, {"http://127.0.0.1:9201"}};
  expected.director.services = {web};

  const Loaded loaded = parse(one_service);

  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config, expected);
}

TEST(ProxyConfig, AnEmptyFileLacksServices) {
  EXPECT_EQ(lines(parse("").problems), Lines{"switchyard.yaml:1:1: services: is required"});
  EXPECT_EQ(lines(parse("services: {}\n").problems),
            Lines{"switchyard.yaml:1:11: services: must name at least one service"});
  EXPECT_EQ(lines(parse("services:\n").problems),
            Lines{"switchyard.yaml:1:1: services: has no value; give it one or leave the key out"});
  EXPECT_EQ(lines(parse("- a\n").problems), (Lines{"switchyard.yaml:1:1: must be a map, got a list",
                                                   "switchyard.yaml:1:1: services: is required"}));
}

TEST(ProxyConfig, TellsEveryProblemAtOnce) {
  EXPECT_EQ(
      lines(parse(R"(app: PMS
listen:
  - address: localhost:80
services:
  backend:
    health: {path: healthz, interval: 1, rise: 010, fal: 3}
    blue: [h2c://a:1]
    green: []
timers: {idle: 75}
)")
                .problems),
      (Lines{
          "switchyard.yaml:1:6: app: must be 1 to 40 of a-z, 0-9 and -, got \"PMS\"",
          "switchyard.yaml:3:14: listen[0].address: must be an IP address and a port such as "
          "127.0.0.1:8080, 0.0.0.0:8080 or \"[::]:8080\", got \"localhost:80\"",
          "switchyard.yaml:6:20: services.backend.health.path: must start with \"/\", got "
          "\"healthz\"",
          "switchyard.yaml:6:39: services.backend.health.interval: needs a unit (ms, s, m, h or "
          "d), "
          "got \"1\"",
          "switchyard.yaml:6:48: services.backend.health.rise: must be a whole number without "
          "leading "
          "zeros, got \"010\"",
          "switchyard.yaml:6:53: services.backend.health.fal: unknown key, did you mean \"fall\"?",
          "switchyard.yaml:7:12: services.backend.blue[0]: HTTP/2 to upstreams is not offered yet",
          "switchyard.yaml:8:12: services.backend.green: must have at least one url",
          "switchyard.yaml:9:16: timers.idle: needs a unit (ms, s, m, h or d), got \"75\"",
      }));
}

TEST(ProxyConfig, EveryServiceHasBothColors) {
  EXPECT_EQ(lines(parse("services:\n  web: {blue: [http://a]}\n").problems),
            Lines{"switchyard.yaml:2:8: services.web.green: is required"});
}

TEST(ProxyConfig, ProbesMustEndBeforeTheNextOneBegins) {
  EXPECT_EQ(
      problems_of_service("health: {timeout: 1s}"),
      Lines{
          "switchyard.yaml:4:19: services.web.health.timeout: must be shorter than interval (1s)"});
  EXPECT_EQ(problems_of_service("health: {interval: 500ms}"),
            Lines{"switchyard.yaml:4:20: services.web.health.interval: must be longer than timeout "
                  "(800ms)"});
  EXPECT_EQ(problems_of_service("health: {interval: 2s, timeout: 1900ms}"), Lines{});
}

TEST(ProxyConfig, TwoServicesCannotAnswerForTheSameHostAndPath) {
  EXPECT_EQ(
      lines(parse(R"(services:
  a: {match: {hosts: [x.test, y.test], paths: [/p]}, blue: [http://a], green: [http://a]}
  b: {match: {hosts: [Y.test], paths: [/p]}, blue: [http://a], green: [http://a]}
  c: {blue: [http://a], green: [http://a]}
  d: {blue: [http://a], green: [http://a]}
)")
                .problems),
      (Lines{"switchyard.yaml:3:14: services.b.match: \"y.test/p\" leads to service a already",
             "switchyard.yaml:5:6: services.d.match: \"/\" leads to service c already"}));
}

TEST(ProxyConfig, TunnelsAreKeptDrainedOrClosedAtASwitch) {
  const auto tunnels = [](const std::string& text) {
    const Loaded loaded =
        parse("services: {web: {blue: [http://a], green: [http://b], tunnels: " + text + "}}\n");
    EXPECT_EQ(lines(loaded.problems), Lines{});
    const auto& service = loaded.config.director.services.at(0);
    return std::pair{service.tunnels, service.tunnel_drain};
  };
  EXPECT_EQ(tunnels("keep"), (std::pair{split::TunnelPolicy::keep, Duration{0s}}));
  EXPECT_EQ(tunnels("close"), (std::pair{split::TunnelPolicy::close, Duration{0s}}));
  EXPECT_EQ(tunnels("{drain: 30s}"), (std::pair{split::TunnelPolicy::drain, Duration{30s}}));
  EXPECT_EQ(
      problems_of_service("tunnels: drop"),
      Lines{"switchyard.yaml:4:10: services.web.tunnels: must be keep, close or {drain: 30s}"});
  EXPECT_EQ(problems_of_service("tunnels: {}"),
            Lines{"switchyard.yaml:4:10: services.web.tunnels.drain: is required"});
}

TEST(ProxyConfig, ListensOnEachAddressOnce) {
  EXPECT_EQ(problems_after_service("listen:\n  - {address: 0.0.0.0:80}\n  - {address: 0.0.0.0:80}\n"
                                   "  - {address: \"[::]:80\"}\n  - {address: \"[::0]:80\"}\n"),
            (Lines{"switchyard.yaml:4:15: listen[1].address: is listened on twice",
                   "switchyard.yaml:6:15: listen[3].address: is listened on twice"}));
  EXPECT_EQ(problems_after_service("listen: [{address: 127.0.0.1:0}, {address: 127.0.0.1:0}]\n"),
            Lines{});
  EXPECT_EQ(problems_after_service("listen: []\n"),
            Lines{"switchyard.yaml:2:9: listen: must have at least one address"});
  EXPECT_EQ(problems_after_service("listen: [{}]\n"),
            Lines{"switchyard.yaml:2:10: listen[0].address: is required"});
}

TEST(ProxyConfig, TrafficAndControlDoNotShareAnAddress) {
  EXPECT_EQ(problems_after_service("listen: [{address: 127.0.0.1:9900}]\n"),
            Lines{"switchyard.yaml:1:1: control: the address 127.0.0.1:9900 is in listen too"});
}

TEST(ProxyConfig, TlsTakesOneCertificateOrSeveral) {
  const Loaded loaded = parse(one_service +
                              "listen:\n  - {address: 127.0.0.1:1, tls: {certificate: a, key: b}}\n"
                              "  - {address: 127.0.0.1:2, tls: [{certificate: c, key: d}, "
                              "{certificate: e, key: f}]}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.listen.at(0).tls, (std::vector<net::Certificate>{{"a", "b"}}));
  EXPECT_EQ(loaded.config.listen.at(1).tls,
            (std::vector<net::Certificate>{{"c", "d"}, {"e", "f"}}));
}

TEST(ProxyConfig, TlsThatNamesNoCertificateIsNotPlainText) {
  EXPECT_EQ(problems_after_service("listen: [{address: 0.0.0.0:1, tls: []}]\n"),
            Lines{"switchyard.yaml:2:36: listen[0].tls: must have at least one certificate"});
  EXPECT_EQ(problems_after_service("listen: [{address: 0.0.0.0:1, tls: {certificate: a}}]\n"),
            Lines{"switchyard.yaml:2:36: listen[0].tls.key: is required"});
  EXPECT_EQ(
      problems_after_service("listen: [{address: 0.0.0.0:1, tls: true}]\n"),
      Lines{"switchyard.yaml:2:36: listen[0].tls: must be a map or a list of maps, got text"});
}

TEST(ProxyConfig, ProxyProtocolNeedsSomebodyToTrust) {
  EXPECT_EQ(
      problems_after_service("listen: [{address: 0.0.0.0:1, proxy_protocol: true}]\n"),
      Lines{"switchyard.yaml:2:9: listen: proxy_protocol needs trusted: no network may send PROXY "
            "lines yet"});
  EXPECT_EQ(problems_after_service("listen: [{address: 0.0.0.0:1, proxy_protocol: true}]\n"
                                   "trusted: [10.0.0.0/8]\n"),
            Lines{});
}

TEST(ProxyConfig, AffinityCanBeTurnedOff) {
  EXPECT_FALSE(parse(one_service + "affinity: off\n").config.director.affinity.on);
  EXPECT_FALSE(parse(one_service + "affinity: false\n").config.director.affinity.on);
  const auto affinity =
      parse(one_service + "affinity: {cookie: c, max_age: 5m}\n").config.director.affinity;
  EXPECT_EQ(affinity, (split::Affinity{true, "c", 5min}));
  EXPECT_EQ(problems_after_service("affinity: on\n"),
            Lines{"switchyard.yaml:2:11: affinity: must be off or a map"});
  EXPECT_EQ(problems_after_service("affinity: {cookie: \"a;b\"}\n"),
            Lines{"switchyard.yaml:2:20: affinity.cookie: must be a cookie name of 1 to 64 "
                  "letters, digits, "
                  "- and _, got \"a;b\""});
}

TEST(ProxyConfig, TheTargetLimitIsWithinTheHeadLimit) {
  EXPECT_EQ(problems_after_service("limits: {target: 32KiB}\n"),
            Lines{"switchyard.yaml:2:18: limits.target: must be less than head (32KiB)"});
  EXPECT_EQ(problems_after_service("limits: {head: 4KiB}\n"),
            Lines{"switchyard.yaml:2:16: limits.head: must be more than target (8KiB)"});
  EXPECT_EQ(
      problems_after_service("limits: {head: 1GiB, retry_budget: 20, clients: 0}\n"),
      (Lines{
          "switchyard.yaml:2:16: limits.head: must be between 1KiB and 64KiB, got 1GiB",
          "switchyard.yaml:2:36: limits.retry_budget: must be a percentage such as 20%, got \"20\"",
          "switchyard.yaml:2:49: limits.clients: must be between 1 and 1000000, got 0"}));
}

TEST(ProxyConfig, PagesAreNamedByStatus) {
  const Loaded loaded = parse(one_service + "pages: {404: a.html, default: b.html}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(loaded.config.pages, (std::map<int, std::string>{{404, "a.html"}, {0, "b.html"}}));
  EXPECT_EQ(
      problems_after_service("pages: {200: a, oops: b, 0404: c}\n"),
      (Lines{
          "switchyard.yaml:2:14: pages.200: the key must be a status from 400 to 599, or default",
          "switchyard.yaml:2:23: pages.oops: the key must be a status from 400 to 599, or default",
          "switchyard.yaml:2:32: pages.0404: the key must be a status from 400 to 599, or "
          "default"}));
}

TEST(ProxyConfig, NamesOfPagesAndServicesAreBounded) {
  std::string pages;
  std::string services;
  for (int i = 0; i < 300; ++i) pages += (i > 0 ? ", p" : "p") + std::to_string(i) + ": f";
  for (int i = 0; i < 300; ++i) services += (i > 0 ? ", s" : "s") + std::to_string(i) + ": {}";
  EXPECT_EQ(problems_after_service("pages: {" + pages + "}\n"),
            Lines{"switchyard.yaml:2:8: pages: must have at most 201 entries, got 300"});
  EXPECT_EQ(lines(parse("services: {" + services + "}\n").problems),
            Lines{"switchyard.yaml:1:11: services: must have at most 256 entries, got 300"});
}

TEST(ProxyConfig, TheAccessLogGoesToStdoutAFileOrNowhere) {
  EXPECT_TRUE(parse(one_service).config.worker.access_log);
  EXPECT_EQ(parse(one_service + "access_log: /var/log/a\n").config.access_log, "/var/log/a");
  for (const std::string off : {"off", "false"}) {
    const Loaded loaded = parse(one_service + "access_log: " + off + "\n");
    EXPECT_EQ(loaded.config.access_log, "off");
    EXPECT_FALSE(loaded.config.worker.access_log);
  }
}

TEST(ProxyConfig, RetryAfterIsInWholeSeconds) {
  EXPECT_EQ(parse(one_service + "maintenance: {retry_after: 2m}\n").config.maintenance_retry_after,
            120);
  EXPECT_EQ(problems_after_service("maintenance: {retry_after: 1500ms}\n"),
            Lines{"switchyard.yaml:2:28: maintenance.retry_after: must be whole seconds"});
}

TEST(ProxyConfig, LogLevelsAreWords) {
  EXPECT_EQ(parse(one_service + "log: {level: debug}\n").config.log_level, "debug");
  EXPECT_EQ(
      problems_after_service("log: {level: loud}\n"),
      Lines{"switchyard.yaml:2:14: log.level: must be one of trace, debug, info, warn, error"});
}

TEST(ProxyConfig, FilesAreLookedAtOnlyWhenAsked) {
  const Loaded loaded = parse(one_service +
                              "pages: {404: /nonexistent/404.html}\n"
                              "upstream: {ca: /}\nstate: {path: /dev/null}\n");
  EXPECT_EQ(lines(loaded.problems), Lines{});
  EXPECT_EQ(lines(check_files(loaded)),
            (Lines{"switchyard.yaml: state.path: \"/dev/null\" is not a directory",
                   "switchyard.yaml:2:14: pages.404: \"/nonexistent/404.html\" cannot be read: No "
                   "such file or "
                   "directory",
                   "switchyard.yaml:3:16: upstream.ca: \"/\" cannot be read: Is a directory"}));
}

TEST(ProxyConfig, SomeKeysCannotChangeWhileRunning) {
  const ProxyConfig running = parse(one_service).config;
  ProxyConfig next = running;
  next.workers = 3;
  next.listen.at(0).port = 1;
  next.control.port = 1;
  next.access_log = "off";
  next.state_path = "/elsewhere";
  EXPECT_EQ(needs_restart(running, next),
            (Lines{"listen", "workers", "control.address", "access_log", "state.path"}));
}

TEST(ProxyConfig, ServicesCertificatesAndTokensCanChangeWhileRunning) {
  ProxyConfig running = parse(one_service).config;
  running.listen.at(0).tls = {{"a", "b"}};
  ProxyConfig next = running;
  next.listen.at(0).tls = {{"c", "d"}, {"e", "f"}};
  next.director.services.at(0).paths = {"/x"};
  next.worker.timers.idle = 1s;
  next.director.rollout.standard = "linear";
  next.director.verdict.tolerated = 0.02;
  next.worker.shield.replay = false;
  next.notify.targets.resize(1);
  next.control.tokens = {{"ci", api::Role::viewer, std::string(64, 'a')}};
  EXPECT_EQ(needs_restart(running, next), Lines{});
  next.listen.at(0).tls.clear();
  EXPECT_EQ(needs_restart(running, next), Lines{"listen"});
}

TEST(ProxyConfig, TheSummaryHasNoSecrets) {
  const std::string hash(64, 'a');
  const Loaded loaded = parse(
      one_service + "control: {tokens: [{name: ci, role: admin, sha256: " + hash +
      "}]}\nnotify:\n  - {name: chat, kind: slack, url: https://hooks.test/T0/hidden}\n"
      "  - {name: deployments, url: \"https://a.test/?k=hidden\", secret: hidden-hidden-hidden, "
      "events: [reverted, completed]}\n");
  EXPECT_EQ(describe(loaded.config),
            "app app in local\n"
            "listen 127.0.0.1:8080\n"
            "service web at /, health /healthz every 1s\n"
            "  blue http://127.0.0.1:9101\n"
            "  green http://127.0.0.1:9201\n"
            "plan canary: 1 % for 1m and 300 requests, 10 % for 5m and 300 requests, "
            "50 % for 5m and 300 requests, 100 % for 10m and 300 requests\n"
            "  gate open within 5m, without requests it holds\n"
            "  by name linear rehearsal switch\n"
            "notify chat of everything\n"
            "notify deployments of reverted completed\n"
            "control 127.0.0.1:9900, plain, 1 token\n"
            "state /var/lib/switchyard\n");
}

}  // namespace
}  // namespace sy::config
