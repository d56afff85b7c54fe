#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string written(const std::string& text, const Returning& returning, Method to = Method::get) {
  std::string out;
  write_response(out, response_of(text, to), returning);
  return out;
}
using Values = std::vector<std::string>;
Values values(const std::string& out, std::string_view name) {
  Values found;
  const ResponseHead head = response_of(out);
  for (const Field& field : head.fields())
    if (field.name == name) found.emplace_back(field.value);
  return found;
}

TEST(WriteResponse, WritesAWholeHead) {
  EXPECT_EQ(written("HTTP/1.0 200 Fine\r\nServer: x\r\nContent-Length: 5\r\nX-A : 1\r\n\r\n",
                    {.date = date,
                     .via = "switchyard-1",
                     .set_cookie = "sy=1; Path=/",
                     .request_id = "id",
                     .framing = Framing::length,
                     .length = 5}),
            "HTTP/1.1 200 Fine\r\nServer: x\r\nX-A: 1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Set-Cookie: sy=1; Path=/\r\nX-Request-Id: id\r\nVia: 1.0 "
            "switchyard-1\r\nContent-Length: 5\r\n\r\n");
}

TEST(WriteResponse, R01R02RemovesHopByHopFields) {
  const std::string out = written(ok_with("Connection: X-Bar, close\r\nX-Bar: 1\r\nKeep-Alive: "
                                          "timeout=5\r\nProxy-Connection: x\r\nTE: x\r\n"
                                          "Upgrade: h2c\r\nProxy-Authenticate: "
                                          "Basic\r\nTransfer-Encoding: chunked\r\nX-End: 1\r\n"),
                                  {.framing = Framing::chunked});
  for (const std::string name : {"Connection", "X-Bar", "Keep-Alive", "Proxy-Connection", "TE",
                                 "Upgrade", "Proxy-Authenticate"})
    EXPECT_EQ(values(out, name), Values{}) << name;
  EXPECT_EQ(values(out, "X-End"), Values{"1"});
  EXPECT_EQ(values(out, "Transfer-Encoding"), Values{"chunked"});
}

TEST(WriteResponse, R05KeepsTheOrderOfCookiesAndAddsOursLast) {
  const std::string out =
      written(ok_with("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-M: m\r\nSet-Cookie: c=3\r\n"),
              {.set_cookie = "sy=1"});
  EXPECT_EQ(values(out, "Set-Cookie"), (Values{"a=1", "b=2", "c=3", "sy=1"}));
}

TEST(WriteResponse, R08AddsADateOnlyWhereItLacks) {
  EXPECT_EQ(values(written(ok_with(""), {.date = date}), "Date"), Values{std::string(date)});
  EXPECT_EQ(values(written(ok_with("Date: then\r\n"), {.date = date}), "Date"), Values{"then"});
  EXPECT_EQ(values(written("HTTP/1.1 103 E\r\nLink: x\r\n\r\n", {.date = date}), "Date"), Values{});
}

TEST(WriteResponse, ReplacesTheRequestIdOfTheUpstream) {
  EXPECT_EQ(
      values(written(ok_with("X-Request-Id: theirs\r\n"), {.request_id = "ours"}), "X-Request-Id"),
      Values{"ours"});
  EXPECT_EQ(values(written(ok_with("X-Request-Id: theirs\r\n"), {}), "X-Request-Id"),
            Values{"theirs"});
}

TEST(WriteResponse, R20SendsNoTransferEncodingWhereItMayNotBe) {
  const std::string chunked = ok_with("Transfer-Encoding: chunked\r\n");
  const std::string old = written(chunked, {.client_minor = 0, .framing = Framing::chunked});
  EXPECT_EQ(values(old, "Transfer-Encoding"), Values{});
  EXPECT_EQ(values(old, "Connection"), Values{"close"});
  const std::string none = written("HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n",
                                   {.framing = Framing::chunked});
  EXPECT_EQ(values(none, "Transfer-Encoding"), Values{});
  const std::string hints = written("HTTP/1.1 103 E\r\nTransfer-Encoding: chunked\r\n\r\n",
                                    {.keep_alive = false, .framing = Framing::chunked});
  EXPECT_EQ(hints, "HTTP/1.1 103 E\r\n\r\n");
}

TEST(WriteResponse, R26SwitchesWithUpgradeNominated) {
  const std::string text =
      "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: toy\r\nSec-WebSocket-Accept: k\r\n\r\n";
  EXPECT_EQ(
      written(text, {.pass_upgrade = true}),
      "HTTP/1.1 101 S\r\nUpgrade: toy\r\nSec-WebSocket-Accept: k\r\nConnection: Upgrade\r\n\r\n");
}

TEST(WriteResponse, ASwitchCarriesOurFieldsButAnInterimResponseDoesNot) {
  const Returning ours{
      .date = date, .set_cookie = "sy=1", .request_id = "id", .pass_upgrade = true};
  EXPECT_EQ(written("HTTP/1.1 101 S\r\nUpgrade: toy\r\n\r\n", ours),
            "HTTP/1.1 101 S\r\nUpgrade: toy\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Set-Cookie: sy=1\r\nX-Request-Id: id\r\nConnection: Upgrade\r\n\r\n");
  EXPECT_EQ(written("HTTP/1.1 102 P\r\n\r\n", ours), "HTTP/1.1 102 P\r\n\r\n");
}

TEST(WriteResponse, R27SendsContentLengthOnlyWhereItMayBe) {
  EXPECT_EQ(values(written(ok_with("Content-Length: 5\r\n"), {}, Method::head), "Content-Length"),
            Values{"5"});
  EXPECT_EQ(values(written(ok_with(""), {}, Method::head), "Content-Length"), Values{});
  EXPECT_EQ(values(written("HTTP/1.1 304 N\r\nContent-Length: 9, 9\r\n\r\n", {}), "Content-Length"),
            Values{"9"});
  EXPECT_EQ(values(written("HTTP/1.1 204 N\r\nContent-Length: 0\r\n\r\n", {}), "Content-Length"),
            Values{});
  EXPECT_EQ(values(written("HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n", {}), "Content-Length"),
            Values{});
  const Returning five{.framing = Framing::length, .length = 5};
  EXPECT_EQ(values(written(ok_with("Content-Length: 5, 5\r\nContent-Length: 5\r\n"), five),
                   "Content-Length"),
            Values{"5"});
  const Returning chunked{.framing = Framing::chunked};
  EXPECT_EQ(values(written(ok_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), chunked),
                   "Content-Length"),
            Values{});
}

TEST(WriteResponse, SaysWhatBecomesOfTheConnection) {
  const std::string text = ok_with("Content-Length: 0\r\n");
  const auto connection = [&](Returning returning) {
    return values(written(text, returning), "Connection");
  };
  EXPECT_EQ(connection({.framing = Framing::length}), Values{});
  EXPECT_EQ(connection({.keep_alive = false, .framing = Framing::length}), Values{"close"});
  EXPECT_EQ(connection({.client_minor = 0, .framing = Framing::length}), Values{"keep-alive"});
  EXPECT_EQ(connection({.client_minor = 0, .keep_alive = false, .framing = Framing::length}),
            Values{"close"});
  EXPECT_EQ(connection({.framing = Framing::to_close}), Values{"close"});
}

TEST(WriteResponse, R40KeepsWhatIsNotItsBusiness) {
  const std::string out = written(
      "HTTP/1.1 401 U\r\nWWW-Authenticate: Basic realm=\"x\"\r\nAllow: GET\r\nVary: "
      "Accept\r\nX_under: 1\r\nTrailer: X-S\r\n\r\n",
      {.framing = Framing::chunked});
  EXPECT_EQ(values(out, "WWW-Authenticate"), Values{"Basic realm=\"x\""});
  EXPECT_EQ(values(out, "Allow"), Values{"GET"});
  EXPECT_EQ(values(out, "X_under"), Values{"1"});
  EXPECT_EQ(values(out, "Trailer"), Values{"X-S"});
}

}  // namespace
}  // namespace sy::http
