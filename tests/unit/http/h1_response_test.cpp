#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

TEST(Response, IsReadInPlace) {
  const std::string text =
      "HTTP/1.0 404 Not  Found\xe9\r\nX-A : 1\r\nX_b: 2\r\nContent-Length: 5\r\nConnection: "
      "keep-alive\r\n\r\n";
  const ResponseHead head = response_of(text);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not  Found\xe9");
  EXPECT_EQ(head.minor, 0);
  EXPECT_EQ(head.framing, Framing::length);
  EXPECT_EQ(head.length, 5U);
  EXPECT_TRUE(head.has_length);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(head.count, 4U);
  EXPECT_EQ(head.field[0].name, "X-A");
  EXPECT_EQ(head.field[0].line, "");
  EXPECT_FALSE(head.field[1].dropped);
  EXPECT_EQ(head.value(FieldId::content_length), "5");
}

TEST(Response, StatusLineIsExact) {
  const struct {
    std::string line;
    bool good;
  } cases[] = {
      {"HTTP/1.1 200 OK", true},      {"HTTP/1.1 200 ", true},      {"HTTP/1.1 200", true},
      {"HTTP/1.1 599 X", true},       {"HTTP/1.1 100 C", true},     {"HTTP/1.1 20 OK", false},
      {"HTTP/1.1 2000 OK", false},    {"HTTP/1.1 099 X", false},    {"HTTP/1.1 600 X", false},
      {"HTTP/1.1 000 X", false},      {"HTTP/1.1 2x0 X", false},    {"HTTP/1.1  200 X", false},
      {"HTTP/1.2 200 OK", false},     {"HTTP/2.0 200 OK", false},   {"HTTP/3.1 200 OK", false},
      {"http/1.1 200 OK", false},     {"SSH-2.0-x", false},         {"", false},
      {"HTTP/1.1\t200 OK", false},    {"HTTP/1.1 200\tOK", false},  {" HTTP/1.1 200 OK", false},
      {"HTTP/1.1 200 O\x01K", false}, {"HTTP/1.1 200 O\rK", false}, {"\r\nHTTP/1.1 200 OK", false}};
  for (const auto& [line, good] : cases)
    EXPECT_EQ(response_status(line + "\r\nContent-Length: 0\r\n\r\n"), good ? 0 : 502) << line;
  EXPECT_EQ(response_status("HTTP/1.1 200 OK\nContent-Length: 0\n\n"), 502);
}

TEST(Response, LinesAreWhole) {
  for (const std::string lines : {"X-A: 1\r\n 2\r\n", " X-A: 1\r\n", "Nonsense\r\n", ": 1\r\n",
                                  "X-A: 1\n", "X-A: a\rb\r\n", "X A: 1\r\n", "X-A \x01: 1\r\n"})
    EXPECT_EQ(response_status(ok_with(lines)), 502) << lines;
  EXPECT_EQ(response_status(ok_with("X-A : 1\r\nX-B\t : 2\r\n")), 0);
}

TEST(Response, ANotWholeHeadIs502AtEveryCut) {
  const std::string head = ok_with("Content-Length: 0\r\n");
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_EQ(response_status(std::string_view(head).substr(0, size)), 502) << size;
}

TEST(Response, LimitsAre502) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "X-A: 1\r\n";
  EXPECT_EQ(response_status(ok_with(lines)), 0);
  EXPECT_EQ(response_status(ok_with(lines + "X-A: 1\r\n")), 502);
  EXPECT_EQ(response_status(ok_with("X-A: " + std::string(33000, 'x') + "\r\n")), 502);
}

TEST(Response, FramingFollowsRfc9112Section63) {
  const struct {
    std::string text;
    Method to;
    Framing framing;
    bool keep_alive;
  } cases[] = {
      {ok_with("Content-Length: 5\r\n"), Method::get, Framing::length, true},
      {ok_with("Content-Length: 5, 5\r\nContent-Length: 5\r\n"), Method::get, Framing::length,
       true},
      {ok_with("Transfer-Encoding: Chunked\r\n"), Method::get, Framing::chunked, true},
      {ok_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), Method::get,
       Framing::chunked, false},
      {ok_with("Transfer-Encoding: gzip\r\n"), Method::get, Framing::to_close, false},
      {ok_with("Transfer-Encoding: chunked, identity\r\n"), Method::get, Framing::to_close, false},
      {ok_with(""), Method::get, Framing::to_close, false},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", Method::get, Framing::to_close, false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", Method::get, Framing::length, false},
      {ok_with("Content-Length: 5\r\nConnection: close\r\n"), Method::get, Framing::length, false},
      {ok_with("Content-Length: 5\r\n"), Method::head, Framing::none, true},
      {ok_with("Transfer-Encoding: chunked\r\n"), Method::head, Framing::none, true},
      {ok_with(""), Method::head, Framing::none, true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", Method::get, Framing::none, true},
      {"HTTP/1.1 204 No Content\r\n\r\n", Method::get, Framing::none, true},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", Method::get, Framing::none, true},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", Method::get, Framing::none, false},
      {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", Method::get, Framing::none,
       false},
      {"HTTP/1.1 103 Early Hints\r\n\r\n", Method::get, Framing::none, true}};
  for (const auto& [text, to, framing, keep_alive] : cases) {
    const ResponseHead head = response_of(text, to);
    EXPECT_EQ(head.framing, framing) << text;
    EXPECT_EQ(head.keep_alive, keep_alive) << text;
  }
}

TEST(Response, LengthIsRememberedWhereNoBodyFollows) {
  EXPECT_EQ(response_of(ok_with("Content-Length: 5\r\n"), Method::head).length, 5U);
  EXPECT_TRUE(response_of("HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n").has_length);
  EXPECT_FALSE(response_of(ok_with(""), Method::head).has_length);
  EXPECT_FALSE(
      response_of(ok_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")).has_length);
}

TEST(Response, FaultyFramingIsRefused) {
  for (const std::string lines :
       {"Content-Length: +4\r\n", "Content-Length: 4, 5\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n", "Content-Length: x\r\n",
        "Content-Length:\r\n", "Content-Length: 18446744073709551620\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Connection: a b\r\n",
        "Content-Length: x\r\nTransfer-Encoding: chunked\r\n"})
    EXPECT_EQ(response_status(ok_with(lines)), 502) << lines;
  EXPECT_EQ(response_status("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), 502);
  EXPECT_EQ(response_status(ok_with("Content-Length: 4, 5\r\n"), Method::head), 502);
}

TEST(Response, SwitchNamesItsProtocol) {
  const std::string text = "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  EXPECT_EQ(response_of(text).upgrade, "websocket");
  EXPECT_EQ(response_of(ok_with("Connection: Upgrade\r\nUpgrade: websocket\r\n")).upgrade, "");
}

TEST(Response, LeavesNothingBehindForTheNextOne) {
  ResponseHead head;
  const std::string first =
      "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 7\r\n\r\n";
  const std::string second = "HTTP/1.1 200\r\n\r\n";
  ASSERT_EQ(parse_response(first, Method::get, Limits{}, head).status, 0);
  ASSERT_EQ(parse_response(second, Method::get, Limits{}, head).status, 0);
  EXPECT_EQ(head.count, 0U);
  EXPECT_EQ(head.upgrade, "");
  EXPECT_EQ(head.reason, "");
  EXPECT_EQ(head.length, 0U);
  EXPECT_FALSE(head.has_length);
}

}  // namespace
}  // namespace sy::http
