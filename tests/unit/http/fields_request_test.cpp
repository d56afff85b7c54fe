#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

Forwarding plain() {
  return {.client_address = "10.0.0.9", .request_id = "id-1", .via = "switchyard-1a2b3c4d"};
}
std::string written(const std::string& text, const Forwarding& forwarding = plain()) {
  std::string out;
  write_request(out, request_of(text), forwarding);
  return out;
}
bool holds(const std::string& out, std::string_view line) {
  return out.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}
// All values of the field, in order.
std::vector<std::string> values(const std::string& out, std::string_view name) {
  std::vector<std::string> found;
  const RequestHead head = request_of(out);
  for (const Field& field : head.fields())
    if (field.name == name) found.emplace_back(field.value);
  return found;
}
using Values = std::vector<std::string>;

TEST(WriteRequest, WritesAWholeHead) {
  EXPECT_EQ(
      written("GET /a?b HTTP/1.1\r\nHost: a.test\r\nUser-Agent: x\r\nX-A:1\r\nAccept: */*\r\n\r\n"),
      "GET /a?b HTTP/1.1\r\nHost: a.test\r\nUser-Agent: x\r\nX-A:1\r\nAccept: */*\r\n"
      "X-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.test\r\n"
      "X-Request-Id: id-1\r\nVia: 1.1 switchyard-1a2b3c4d\r\n\r\n");
}

TEST(WriteRequest, AppendsToWhatIsThere) {
  std::string out = "before";
  const std::string text = get_with("");
  write_request(out, request_of(text), plain());
  EXPECT_TRUE(out.starts_with("beforeGET / HTTP/1.1\r\n"));
}

TEST(WriteRequest, WritesFieldsMadeByHandToo) {
  const std::string text = get_with("");
  RequestHead head = request_of(text);
  head.field[head.count++] = {.name = "X-Made", .value = "1"};
  std::string out;
  write_request(out, head, plain());
  EXPECT_TRUE(holds(out, "X-Made: 1"));
}

TEST(WriteRequest, R01RemovesNominatedFieldsAndConnection) {
  const std::string out = written(get_with("Connection: close, X-Foo\r\nX-Foo: 1\r\nX-Bar: 2\r\n"));
  EXPECT_EQ(values(out, "X-Foo"), Values{});
  EXPECT_EQ(values(out, "Connection"), Values{});
  EXPECT_EQ(values(out, "X-Bar"), Values{"2"});
}

TEST(WriteRequest, NominationCannotTakeAwayWhatTheProxySays) {
  Forwarding forwarding = plain();
  forwarding.trusted = true;
  const std::string out = written(
      get_with(
          "Connection: X-Forwarded-For, X-Request-Id, Via, Host, X-Forwarded-Proto, Forwarded\r\n"
          "X-Forwarded-For: 192.0.2.1\r\nVia: 1.0 edge\r\nX-Forwarded-Proto: https\r\n"
          "Forwarded: for=192.0.2.1\r\n"),
      forwarding);
  EXPECT_EQ(values(out, "X-Forwarded-For"), Values{"192.0.2.1, 10.0.0.9"});
  EXPECT_EQ(values(out, "X-Request-Id"), Values{"id-1"});
  EXPECT_EQ(values(out, "Via"), (Values{"1.0 edge", "1.1 switchyard-1a2b3c4d"}));
  EXPECT_EQ(values(out, "Host"), Values{"a.test"});
  EXPECT_EQ(values(out, "X-Forwarded-Proto"), Values{"https"});
  EXPECT_EQ(values(out, "Forwarded"), Values{"for=192.0.2.1"});
}

TEST(WriteRequest, R02RemovesConnectionFieldsNobodyNominated) {
  const std::string out =
      written(post_with("Proxy-Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTE: "
                        "trailers\r\nUpgrade: websocket\r\n"
                        "Transfer-Encoding: chunked\r\nHTTP2-Settings: AAA\r\n"));
  for (const std::string name :
       {"Proxy-Connection", "Keep-Alive", "TE", "Upgrade", "Transfer-Encoding", "HTTP2-Settings"})
    EXPECT_EQ(values(out, name), Values{}) << name;
}

TEST(WriteRequest, R03NominatesWhatItKeeps) {
  Forwarding forwarding = plain();
  forwarding.pass_upgrade = true;
  const std::string both = written(get_with("Connection: Upgrade, TE\r\nUpgrade: websocket\r\nTE: "
                                            "trailers\r\nSec-WebSocket-Key: k\r\n"),
                                   forwarding);
  EXPECT_EQ(values(both, "Connection"), Values{"Upgrade, TE"});
  EXPECT_EQ(values(both, "Upgrade"), Values{"websocket"});
  EXPECT_EQ(values(both, "TE"), Values{"trailers"});
  EXPECT_EQ(values(both, "Sec-WebSocket-Key"), Values{"k"});
  const std::string te = written(get_with("Connection: TE\r\nTE: gzip, trailers\r\n"));
  EXPECT_EQ(values(te, "Connection"), Values{"TE"});
  EXPECT_EQ(values(te, "TE"), Values{"trailers"});
}

TEST(WriteRequest, UpgradeGoesOnOnlyWhenAllowed) {
  const std::string out = written(get_with("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
  EXPECT_EQ(values(out, "Upgrade"), Values{});
  EXPECT_EQ(values(out, "Connection"), Values{});
  Forwarding forwarding = plain();
  forwarding.pass_upgrade = true;
  const std::string h2c = written(
      get_with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n"),
      forwarding);
  EXPECT_EQ(values(h2c, "Upgrade"), Values{});
  EXPECT_EQ(values(h2c, "HTTP2-Settings"), Values{});
}

TEST(WriteRequest, R04R05KeepsUnknownFieldsInOrder) {
  const std::string out =
      written(get_with("X-M: 1\r\nX-O: \"a\" \xe9\r\nX-M: 2, 3\r\nX-E:\r\nX-M: 4\r\n"));
  EXPECT_EQ(values(out, "X-M"), (Values{"1", "2, 3", "4"}));
  EXPECT_EQ(values(out, "X-O"), Values{"\"a\" \xe9"});
  EXPECT_EQ(values(out, "X-E"), Values{""});
}

TEST(WriteRequest, R10CountsMaxForwardsDown) {
  EXPECT_EQ(
      values(written("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 5\r\n\r\n"), "Max-Forwards"),
      Values{"4"});
  EXPECT_EQ(values(written("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), "Max-Forwards"), Values{});
  EXPECT_EQ(values(written(get_with("Max-Forwards: 5\r\n")), "Max-Forwards"), Values{"5"});
}

TEST(WriteRequest, R11AppendsViaWithTheVersionReceived) {
  EXPECT_EQ(values(written(get_with("Via: 1.0 x\r\n")), "Via"),
            (Values{"1.0 x", "1.1 switchyard-1a2b3c4d"}));
  EXPECT_EQ(values(written("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), "Via"),
            Values{"1.0 switchyard-1a2b3c4d"});
}

TEST(WriteRequest, R12KeepsTheTargetByteForByte) {
  for (const std::string target :
       {"/a;b=1/%2f%2F//c/./../d", "/r?x=%20&y=a+b&z=%ff%00", "//x", "/?", "/[]|{}^\"<>\\`"})
    EXPECT_TRUE(written("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .starts_with("GET " + target + " HTTP/1.1\r\n"));
}

TEST(WriteRequest, R13SendsItsOwnVersionAndSomeHost) {
  Forwarding forwarding = plain();
  forwarding.default_host = "fallback.test";
  const std::string out = written("GET / HTTP/1.0\r\n\r\n", forwarding);
  EXPECT_TRUE(out.starts_with("GET / HTTP/1.1\r\nHost: fallback.test\r\n"));
}

TEST(WriteRequest, R15GeneratesHostFromAbsoluteForm) {
  const std::string out = written("GET http://A.test:80?q HTTP/1.1\r\nHost: a.test\r\n\r\n");
  EXPECT_TRUE(out.starts_with("GET /?q HTTP/1.1\r\nHost: A.test:80\r\n"));
  EXPECT_EQ(values(out, "Host").size(), 1U);
}

TEST(WriteRequest, R24PassesExpectOnlyWhenAsked) {
  const std::string text = post_with("Expect: 100-continue\r\nContent-Length: 1\r\n");
  EXPECT_EQ(values(written(text), "Expect"), Values{"100-continue"});
  Forwarding forwarding = plain();
  forwarding.pass_expect = false;
  EXPECT_EQ(values(written(text, forwarding), "Expect"), Values{});
  EXPECT_EQ(
      values(written(
                 "POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
             "Expect"),
      Values{});
}

TEST(WriteRequest, WritesTheFramingItIsTold) {
  Forwarding forwarding = plain();
  forwarding.framing = Framing::length;
  forwarding.length = 0;
  const std::string text = post_with("Content-Length: 7, 7\r\nTrailer: X-Sum\r\n");
  EXPECT_EQ(values(written(text, forwarding), "Content-Length"), Values{"0"});
  EXPECT_EQ(values(written(text, forwarding), "Trailer"), Values{});
  forwarding.framing = Framing::chunked;
  EXPECT_EQ(values(written(text, forwarding), "Content-Length"), Values{});
  EXPECT_EQ(values(written(text, forwarding), "Transfer-Encoding"), Values{"chunked"});
  EXPECT_EQ(values(written(text, forwarding), "Trailer"), Values{"X-Sum"});
  forwarding.framing = Framing::none;
  EXPECT_EQ(values(written(text, forwarding), "Content-Length"), Values{});
}

TEST(WriteRequest, DropsUnusualNamesAndItsOwnFields) {
  const std::string out =
      written(get_with("X_Forwarded_For: 6.6.6.6\r\nContent_Length: 9\r\nX-Switchyard-Color: "
                       "green\r\nX-Switchyard-Token: t\r\n"));
  EXPECT_EQ(out.find("6.6.6.6"), std::string::npos);
  EXPECT_EQ(out.find("Content_Length"), std::string::npos);
  EXPECT_EQ(out.find("X-Switchyard"), std::string::npos);
}

TEST(WriteRequest, StrangersCannotClaimAProvenance) {
  const std::string out =
      written(get_with("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: "
                       "evil\r\nX-Forwarded-Port: 1\r\n"
                       "Forwarded: for=1.1.1.1\r\nX-Request-Id: theirs\r\n"));
  EXPECT_EQ(values(out, "X-Forwarded-For"), Values{"10.0.0.9"});
  EXPECT_EQ(values(out, "X-Forwarded-Proto"), Values{"http"});
  EXPECT_EQ(values(out, "X-Forwarded-Host"), Values{"a.test"});
  EXPECT_EQ(values(out, "X-Forwarded-Port"), Values{});
  EXPECT_EQ(values(out, "Forwarded"), Values{});
  EXPECT_EQ(values(out, "X-Request-Id"), Values{"id-1"});
}

TEST(WriteRequest, TrustedPeersAreContinued) {
  Forwarding forwarding = plain();
  forwarding.trusted = true;
  const std::string out = written(
      get_with("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For:\r\nX-Forwarded-For: "
               "2.2.2.2\r\nX-Forwarded-Proto: https\r\n"
               "X-Forwarded-Host: outer\r\nX-Forwarded-Port: 443\r\nForwarded: for=1.1.1.1\r\n"),
      forwarding);
  EXPECT_EQ(values(out, "X-Forwarded-For"), Values{"1.1.1.1, 2.2.2.2, 10.0.0.9"});
  EXPECT_EQ(values(out, "X-Forwarded-Proto"), Values{"https"});
  EXPECT_EQ(values(out, "X-Forwarded-Host"), Values{"outer"});
  EXPECT_EQ(values(out, "X-Forwarded-Port"), Values{"443"});
  EXPECT_EQ(values(out, "Forwarded"), Values{"for=1.1.1.1"});
}

TEST(WriteRequest, WritesForwardedWhenItIsOn) {
  Forwarding forwarding = plain();
  forwarding.forwarded = true;
  forwarding.tls = true;
  const std::string text = "GET / HTTP/1.1\r\nHost: a.test:8443\r\nForwarded: for=evil\r\n\r\n";
  EXPECT_EQ(values(written(text, forwarding), "Forwarded"),
            Values{"for=10.0.0.9;host=\"a.test:8443\";proto=https"});
  forwarding.client_address = "2001:db8::1";
  forwarding.trusted = true;
  EXPECT_EQ(values(written(text, forwarding), "Forwarded"),
            Values{"for=evil, for=\"[2001:db8::1]\";host=\"a.test:8443\";proto=https"});
}

TEST(WriteRequest, KeepsAValidTraceAndStartsOneOtherwise) {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string ours = "00-11111111111111111111111111111111-2222222222222222-01";
  Forwarding forwarding = plain();
  forwarding.traceparent = ours;
  const auto trace = [&](const std::string& lines, std::string_view name) {
    return values(written(get_with(lines), forwarding), name);
  };
  EXPECT_EQ(trace("traceparent: " + good + "\r\ntracestate: a=1\r\n", "traceparent"), Values{good});
  EXPECT_EQ(trace("traceparent: " + good + "\r\ntracestate: a=1\r\n", "tracestate"), Values{"a=1"});
  EXPECT_EQ(trace("traceparent: bad\r\ntracestate: a=1\r\n", "traceparent"), Values{ours});
  EXPECT_EQ(trace("traceparent: bad\r\ntracestate: a=1\r\n", "tracestate"), Values{});
  EXPECT_EQ(trace("traceparent: " + good + "\r\ntraceparent: " + good + "\r\n", "traceparent"),
            Values{ours});
  EXPECT_EQ(trace("", "traceparent"), Values{ours});
}

TEST(WriteRequest, TakesOurCookieOutOfTheOthers) {
  Forwarding forwarding = plain();
  forwarding.affinity_cookie = "sy";
  const struct {
    std::string before;
    Values after;
  } cases[] = {{"sy=1", {}},           {"a=1; sy=2; b=3", {"a=1; b=3"}},
               {"sy=1; a=1", {"a=1"}}, {"a=1;sy=2", {"a=1"}},
               {"sy=1; sy=2", {}},     {"say=1; sym=2", {"say=1; sym=2"}},
               {"a=sy=1", {"a=sy=1"}}, {"a=1;b=2", {"a=1;b=2"}}};
  for (const auto& [before, after] : cases)
    EXPECT_EQ(values(written(get_with("Cookie: " + before + "\r\n"), forwarding), "Cookie"), after)
        << before;
  const std::string two =
      written(get_with("Cookie: a=1\r\nCookie: sy=1\r\nCookie: b=2\r\n"), forwarding);
  EXPECT_EQ(values(two, "Cookie"), (Values{"a=1", "b=2"}));
}

TEST(Loop, IsSeenInAnyViaAsAWholeWord) {
  const struct {
    std::string lines;
    bool loop;
  } cases[] = {{"", false},
               {"Via: 1.1 switchyard-1a2b3c4d\r\n", true},
               {"Via: 1.0 a, 1.1 switchyard-1a2b3c4d (x)\r\n", true},
               {"Via: 1.1 a\r\nVia: 1.1 switchyard-1a2b3c4d,1.1 b\r\n", true},
               {"Via: 1.1 switchyard-1a2b3c4de\r\n", false},
               {"Via: 1.1 xswitchyard-1a2b3c4d\r\n", false},
               {"Via: 1.1 switchyard-1a2b3c4d1, 1.1 switchyard-1a2b3c4d\r\n", true},
               {"X-Via: 1.1 switchyard-1a2b3c4d\r\n", false}};
  for (const auto& [lines, loop] : cases) {
    const std::string text = get_with(lines);
    EXPECT_EQ(is_loop(request_of(text), "switchyard-1a2b3c4d"), loop) << lines;
  }
  const std::string text = get_with("Via: 1.1 a\r\n");
  EXPECT_FALSE(is_loop(request_of(text), ""));
}

TEST(Cookie, IsFoundByItsWholeName) {
  const std::string text = get_with("Cookie: xsy=1; syx=2; a=sy=3\r\nCookie: b=1;sy=4=5; sy=6\r\n");
  const RequestHead head = request_of(text);
  EXPECT_EQ(cookie(head, "sy"), "4=5");
  EXPECT_EQ(cookie(head, "a"), "sy=3");
  EXPECT_EQ(cookie(head, "none"), "");
}

TEST(Traceparent, IsVersion00InLowerCaseAndNotZero) {
  EXPECT_TRUE(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  for (const std::string text : {"", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                 "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                 "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                                 "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    EXPECT_FALSE(is_traceparent(text)) << text;
}

}  // namespace
}  // namespace sy::http
