#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

TEST(Request, IsReadInPlace) {
  const std::string text =
      "POST /a/b;c=%2f//?q=1&r HTTP/1.1\r\nHost: A.test:8080\r\nX-A:  two words \t\r\nX-Empty:\r\n"
      "Content-Length: 12\r\n\r\n";
  const RequestHead head = request_of(text);
  EXPECT_EQ(head.method, Method::post);
  EXPECT_EQ(head.method_text, "POST");
  EXPECT_EQ(head.target, "/a/b;c=%2f//?q=1&r");
  EXPECT_EQ(head.path, "/a/b;c=%2f//");
  EXPECT_EQ(head.authority, "A.test:8080");
  EXPECT_EQ(head.host, "A.test");
  EXPECT_EQ(head.minor, 1);
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.length, 12U);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(head.count, 4U);
  EXPECT_EQ(head.field[1].name, "X-A");
  EXPECT_EQ(head.field[1].value, "two words");
  EXPECT_EQ(head.field[1].line, "X-A:  two words \t\r\n");
  EXPECT_EQ(head.field[2].value, "");
  EXPECT_EQ(head.value(FieldId::host), "A.test:8080");
  EXPECT_EQ(head.value(FieldId::cookie), "");
  EXPECT_GE(head.field[1].value.data(), text.data());
  EXPECT_LT(head.field[1].value.data(), text.data() + text.size());
}

TEST(Request, KnowsItsMethodExactly) {
  const struct {
    std::string text;
    Method method;
  } cases[] = {
      {"GET", Method::get},         {"HEAD", Method::head},     {"POST", Method::post},
      {"PUT", Method::put},         {"PATCH", Method::patch},   {"DELETE", Method::delete_},
      {"OPTIONS", Method::options}, {"TRACE", Method::trace},   {"get", Method::other},
      {"PROPFIND", Method::other},  {"M-SEARCH", Method::other}};
  for (const auto& [text, method] : cases)
    EXPECT_EQ(request_of(text + " / HTTP/1.1\r\nHost: a\r\n\r\n").method, method) << text;
}

TEST(Request, LeavesNothingBehindForTheNextOne) {
  RequestHead head;
  const std::string first =
      "OPTIONS http://a.test/x HTTP/1.1\r\nHost: a.test\r\nConnection: close, Upgrade, TE\r\nTE: "
      "trailers\r\n"
      "Upgrade: websocket\r\nExpect: 100-continue\r\nMax-Forwards: 3\r\nContent-Length: 9\r\n\r\n";
  const std::string second = "GET / HTTP/1.0\r\n\r\n";
  ASSERT_EQ(parse_request(first, Limits{}, head).status, 0);
  ASSERT_EQ(parse_request(second, Limits{}, head).status, 0);
  EXPECT_EQ(head.count, 0U);
  EXPECT_EQ(head.authority, "");
  EXPECT_EQ(head.host, "");
  EXPECT_EQ(head.upgrade, "");
  EXPECT_FALSE(head.upgrade_websocket);
  EXPECT_FALSE(head.te_trailers);
  EXPECT_FALSE(head.expect_continue);
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(head.max_forwards, -1);
  EXPECT_EQ(head.framing, Framing::none);
  EXPECT_EQ(head.length, 0U);
}

TEST(Request, CutsAbsoluteFormToOriginForm) {
  const struct {
    std::string target;
    std::string origin;
    std::string path;
  } cases[] = {{"http://a.test/x?y", "/x?y", "/x"},
               {"http://a.test", "/", "/"},
               {"http://a.test?y=/z", "?y=/z", "/"},
               {"https://a.test:443//x", "//x", "//x"}};
  for (const auto& [target, origin, path] : cases) {
    const std::string text = "GET " + target + " HTTP/1.1\r\nHost: a.test" +
                             (target[4] == 's' ? ":443" : "") + "\r\n\r\n";
    const RequestHead head = request_of(text);
    EXPECT_EQ(head.target, origin) << target;
    EXPECT_EQ(head.path, path) << target;
    EXPECT_EQ(head.host, "a.test") << target;
  }
  const std::string options = "OPTIONS http://a.test HTTP/1.1\r\nHost: a.test\r\n\r\n";
  EXPECT_EQ(request_of(options).target, "*");
}

TEST(Request, ConnectKeepsItsAuthority) {
  const std::string text = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n";
  const RequestHead head = request_of(text);
  EXPECT_EQ(head.method, Method::connect);
  EXPECT_EQ(head.target, "a.test:443");
  EXPECT_EQ(head.authority, "a.test:443");
  EXPECT_EQ(head.host, "a.test");
  EXPECT_EQ(head.path, "");
}

TEST(Request, EmptyLinesInFrontAreIgnored) {
  const std::string text = "\r\n\r\n" + get_with("");
  EXPECT_EQ(request_of(text).method, Method::get);
}

TEST(Request, PersistenceFollowsVersionAndConnection) {
  const struct {
    std::string text;
    bool keep_alive;
  } cases[] = {{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
               {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false},
               {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n", false},
               {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n", false},
               {"GET / HTTP/1.0\r\n\r\n", false},
               {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
               {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false}};
  for (const auto& [text, keep_alive] : cases)
    EXPECT_EQ(request_of(text).keep_alive, keep_alive) << text;
}

TEST(Request, NominatedFieldsAreMarkedButProvenanceAndFramingAreNot) {
  const std::string text = post_with(
      "Connection: close, x-foo, host, content-length, via, x-forwarded-for, forwarded, "
      "x-request-id, "
      "traceparent, cookie\r\nX-Foo: 1\r\nX-Bar: 1\r\nX-FOO: 2\r\nContent-Length: 1\r\nVia: 1.1 "
      "a\r\n"
      "X-Forwarded-For: 1\r\nForwarded: for=a\r\nX-Request-Id: 1\r\ntraceparent: 1\r\nCookie: "
      "a=1\r\n");
  const RequestHead head = request_of(text);
  for (const Field& field : head.fields()) {
    const bool wanted = field.name == "X-Foo" || field.name == "X-FOO" || field.name == "Cookie";
    EXPECT_EQ(field.nominated, wanted) << field.name;
  }
}

TEST(Request, UnusualNamesAreDropped) {
  const std::string text =
      get_with("X_Forwarded_For: 1\r\nContent_Length: 9\r\nX.Y: 1\r\nX-Good-1: 1\r\n");
  const RequestHead head = request_of(text);
  EXPECT_TRUE(head.field[1].dropped);
  EXPECT_TRUE(head.field[2].dropped);
  EXPECT_TRUE(head.field[3].dropped);
  EXPECT_FALSE(head.field[4].dropped);
}

TEST(Request, UpgradeCountsOnlyWhenNominatedOnHttp11AndNotHttpItself) {
  const struct {
    std::string text;
    std::string upgrade;
    bool websocket;
  } cases[] = {
      {get_with("Connection: Upgrade\r\nUpgrade: websocket\r\n"), "websocket", true},
      {get_with("Upgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n"), "WebSocket", true},
      {get_with("Connection: Upgrade\r\nUpgrade: toy/1\r\n"), "toy/1", false},
      {get_with("Upgrade: websocket\r\n"), "", false},
      {get_with("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"), "", false},
      {get_with("Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n"), "", false},
      {get_with("Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: HTTP/2.0\r\n"), "", false},
      {"GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "", false}};
  for (const auto& [text, upgrade, websocket] : cases) {
    const RequestHead head = request_of(text);
    EXPECT_EQ(head.upgrade, upgrade) << text;
    EXPECT_EQ(head.upgrade_websocket, websocket) << text;
  }
}

TEST(Request, TrailersAreWantedOnlyWhenTeIsNominated) {
  EXPECT_TRUE(request_of(get_with("Connection: TE\r\nTE: gzip;q=0.5, Trailers\r\n")).te_trailers);
  EXPECT_FALSE(request_of(get_with("TE: trailers\r\n")).te_trailers);
  EXPECT_FALSE(request_of(get_with("Connection: TE\r\nTE: gzip\r\n")).te_trailers);
}

TEST(Request, ContinueIsExpectedOnlyWithABodyOnHttp11) {
  EXPECT_TRUE(
      request_of(post_with("Expect: 100-continue\r\nContent-Length: 1\r\n")).expect_continue);
  EXPECT_TRUE(request_of(post_with("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"))
                  .expect_continue);
  EXPECT_FALSE(
      request_of(post_with("Expect: 100-continue\r\nContent-Length: 0\r\n")).expect_continue);
  EXPECT_FALSE(request_of(post_with("Expect: 100-continue\r\n")).expect_continue);
  EXPECT_FALSE(request_of("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
                   .expect_continue);
}

TEST(Request, MaxForwardsIsReadForTraceAndOptionsOnly) {
  EXPECT_EQ(request_of("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n").max_forwards, 0);
  EXPECT_EQ(request_of("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 12\r\n\r\n").max_forwards,
            12);
  EXPECT_EQ(
      request_of("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 99999999999\r\n\r\n").max_forwards,
      2147483647);
  EXPECT_EQ(request_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").max_forwards, -1);
  EXPECT_EQ(request_of(get_with("Max-Forwards: 1\r\n")).max_forwards, -1);
}

}  // namespace
}  // namespace sy::http
