// Tables 3.3 and 3.4 and the clauses of 3.6 of docs/edge.md that a head alone decides.
#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

struct Case {
  std::string lines;
  int status;
};

void expect_posts(std::initializer_list<Case> cases) {
  for (const auto& [lines, status] : cases)
    EXPECT_EQ(request_status(post_with(lines)), status) << lines;
}

TEST(RequestRefusal, LengthAndTransferEncodingTogetherAre400InAnyOrder) {
  expect_posts({{"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400},
                {"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", 400},
                {"Transfer-Encoding: gzip\r\nContent-Length: 4\r\n", 400},
                {"Transfer-Encoding:\r\nContent-Length: 4\r\n", 400},
                {"Content-Length: x\r\nTransfer-Encoding: chunked\r\n", 400}});
}

TEST(RequestRefusal, TransferEncodingMustBeExactlyChunked) {
  expect_posts({{"Transfer-Encoding: chunked\r\n", 0},
                {"transfer-encoding:\t ChUnKeD \t\r\n", 0},
                {"Transfer-Encoding: chunked, identity\r\n", 400},
                {"Transfer-Encoding: xchunked\r\n", 400},
                {"Transfer-Encoding: chunkedx\r\n", 400},
                {"Transfer-Encoding: gzip\r\n", 400},
                {"Transfer-Encoding: identity\r\n", 400},
                {"Transfer-Encoding: \"chunked\"\r\n", 400},
                {"Transfer-Encoding: chun\tked\r\n", 400},
                {"Transfer-Encoding: chunked;q=1\r\n", 400},
                {"Transfer-Encoding: \x0b"
                 "chunked\r\n",
                 400},
                {"Transfer-Encoding:\r\n", 400},
                {"Transfer-Encoding: chunked, gzip\r\n", 400},
                {"Transfer-Encoding: chunked, chunked\r\n", 400},
                {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
                {"Transfer-Encoding: gzip, chunked\r\n", 501},
                {"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", 501}});
}

TEST(RequestRefusal, Http10HasNoTransferEncoding) {
  EXPECT_EQ(request_status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestRefusal, LengthIsOneNumberThatFits) {
  expect_posts({{"Content-Length: 4\r\nContent-Length: 4\r\n", 0},
                {"Content-Length: 4, 4\r\n", 0},
                {"Content-Length: 0004\r\n", 0},
                {"Content-Length: 9223372036854775807\r\n", 0},
                {"Content-Length: 4\r\nContent-Length: 5\r\n", 400},
                {"Content-Length: 4, 5\r\n", 400},
                {"Content-Length: 4,\r\n", 400},
                {"Content-Length: ,4\r\n", 400},
                {"Content-Length: ,\r\n", 400},
                {"Content-Length:\r\n", 400},
                {"Content-Length: +4\r\n", 400},
                {"Content-Length: -4\r\n", 400},
                {"Content-Length: 0x4\r\n", 400},
                {"Content-Length: 4 4\r\n", 400},
                {"Content-Length: 4.0\r\n", 400},
                {"Content-Length: 1e1\r\n", 400},
                {"Content-Length: four\r\n", 400},
                {"Content-Length: 9223372036854775808\r\n", 400},
                {"Content-Length: 18446744073709551616\r\n", 400},
                {"Content-Length: 10000000000000000000000000000000000000004\r\n", 400}});
}

TEST(RequestRefusal, HostIsThereOnceAndValid) {
  for (const std::string lines :
       {"", "Host:\r\n", "Host: a\r\nHost: b\r\n", "Host: a\r\nHost: a\r\n", "Host: a b\r\n",
        "Host: a,b\r\n", "Host: a, a\r\n", "Host: a/x\r\n", "Host: u@a\r\n", "Host: a:x\r\n",
        "Host: a:99999\r\n"})
    EXPECT_EQ(request_status("GET / HTTP/1.1\r\n" + lines + "\r\n"), 400) << lines;
  EXPECT_EQ(request_status("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(request_status("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(request_status("GET / HTTP/1.0\r\nHost: a b\r\n\r\n"), 400);
}

TEST(RequestRefusal, AbsoluteFormMustAgreeWithHost) {
  const struct {
    std::string target;
    std::string host;
    int status;
  } cases[] = {{"http://a.test/", "a.test", 0},
               {"http://A.test/", "a.TEST", 0},
               {"HTTP://a.test:80/", "a.test", 0},
               {"http://a.test/", "a.test:80", 0},
               {"http://a.test:/", "a.test", 0},
               {"https://a.test/", "a.test:443", 0},
               {"http://a.test:8080/", "a.test:8080", 0},
               {"http://a.test:8080/", "a.test", 400},
               {"https://a.test/", "a.test:80", 400},
               {"http://b.test/", "a.test", 400},
               {"http:///x", "a.test", 400},
               {"http://:80/x", "a.test", 400},
               {"http://", "a.test", 400},
               {"http://u@a.test/", "a.test", 400},
               {"http://u:p@a.test/", "a.test", 400},
               {"http://a.test,b.test/", "a.test", 400},
               {"http:/a.test/", "a.test", 400},
               {"ftp://a.test/", "a.test", 400},
               {"//a.test/", "a.test", 0}};
  for (const auto& [target, host, status] : cases)
    EXPECT_EQ(request_status("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), status)
        << target << " " << host;
  EXPECT_EQ(request_status("GET http://a.test/ HTTP/1.1\r\n\r\n"), 400);
}

TEST(RequestRefusal, FormsBelongToTheirMethods) {
  const Case cases[] = {{"GET a.test:80", 400},
                        {"GET *", 400},
                        {"GET x", 400},
                        {"OPTIONS *", 0},
                        {"OPTIONS /", 0},
                        {"OPTIONS **", 400},
                        {"CONNECT a.test:80", 0},
                        {"CONNECT a.test", 400},
                        {"CONNECT /", 400},
                        {"CONNECT *", 400},
                        {"CONNECT :80", 400},
                        {"CONNECT a.test:443", 400},
                        {"CONNECT u@a.test:80", 400},
                        {"CONNECT http://a.test:80/", 400}};
  for (const auto& [start, status] : cases)
    EXPECT_EQ(request_status(start + " HTTP/1.1\r\nHost: a.test:80\r\n\r\n"), status) << start;
  EXPECT_EQ(request_status("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"), 0);
  EXPECT_EQ(request_status("CONNECT a.test:8443 HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400);
}

TEST(RequestRefusal, StartLineIsExact) {
  const Case cases[] = {{"GET / HTTP/1.1", 0},
                        {"PROPFIND / HTTP/1.1", 0},
                        {"get / HTTP/1.1", 0},
                        {std::string(32, 'A') + " / HTTP/1.1", 0},
                        {std::string(33, 'A') + " / HTTP/1.1", 400},
                        {"", 400},
                        {"GET", 400},
                        {"GET /", 400},
                        {"GET / ", 400},
                        {" GET / HTTP/1.1", 400},
                        {"GET  / HTTP/1.1", 400},
                        {"GET /  HTTP/1.1", 400},
                        {"GET / HTTP/1.1 ", 400},
                        {"GET\t/ HTTP/1.1", 400},
                        {"GET /\tHTTP/1.1", 400},
                        {"G(T / HTTP/1.1", 400},
                        {"GET / x HTTP/1.1", 400},
                        {"GET / HTTP/1.10", 400},
                        {"GET / HTTP/01.1", 400},
                        {"GET / HTTP/11", 400},
                        {"GET / HTTP/1,1", 400},
                        {"GET / http/1.1", 400},
                        {"GET / HTTPS/1.1", 400},
                        {"GET / HTTP/0.9", 505},
                        {"GET / HTTP/1.2", 505},
                        {"GET / HTTP/2.0", 505},
                        {"PRI * HTTP/2.0", 505}};
  for (const auto& [line, status] : cases)
    EXPECT_EQ(request_status(line + "\r\nHost: a.test\r\n\r\n"), status) << line;
}

TEST(RequestRefusal, TargetHoldsVisibleAsciiButTheFragmentMark) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string head =
        std::string("GET /a") + static_cast<char>(byte) + "b HTTP/1.1\r\nHost: a.test\r\n\r\n";
    const bool good = byte > 0x20 && byte < 0x7f && byte != '#';
    EXPECT_EQ(request_status(head), good ? 0 : 400) << byte;
  }
}

TEST(RequestRefusal, NamesAreTokens) {
  for (int byte = 0; byte < 256; ++byte) {
    if (byte == ':') continue;
    const std::string lines = std::string("X") + static_cast<char>(byte) + "Y: 1\r\n";
    const bool token = byte > 0x20 && byte < 0x7f &&
                       std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(byte)) ==
                           std::string_view::npos;
    EXPECT_EQ(request_status(get_with(lines)), token ? 0 : 400) << byte;
  }
}

TEST(RequestRefusal, ValuesHoldNoControlByteButTab) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string lines = std::string("X-A: a") + static_cast<char>(byte) + "b\r\n";
    const bool good = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    EXPECT_EQ(request_status(get_with(lines)), good ? 0 : 400) << byte;
    EXPECT_EQ(response_status(ok_with(lines)), good ? 0 : 502) << byte;
  }
}

TEST(RequestRefusal, LinesAreWhole) {
  for (const std::string lines :
       {"X-A : 1\r\n", "X-A\t: 1\r\n", ": 1\r\n", "Nonsense\r\n", "X-A: 1\r\n 2\r\n",
        "X-A: 1\r\n\t2\r\n", "X-A: 1\n", "X-A: 1\rX-B: 2\r\n", "X-A: 1\r\r\n", "Nonsense\n",
        "\nX-A: 1\r\n", "\rX-A: 1\r\n"})
    EXPECT_EQ(request_status(get_with(lines)), 400) << lines;
  EXPECT_EQ(request_status("GET / HTTP/1.1\r\n Host: a.test\r\n\r\n"), 400);
  EXPECT_EQ(request_status("GET / HTTP/1.1\r\n \r\nHost: a.test\r\n\r\n"), 400);
  EXPECT_EQ(request_status("GET / HTTP/1.1\nHost: a.test\n\n"), 400);
  EXPECT_EQ(request_status("GET / HTTP/1.1\r\nHost: a.test\r\n\n"), 400);
}

TEST(RequestRefusal, AHeadThatIsNotWholeIs400AtEveryCut) {
  const std::string head = get_with("X-A: 1\r\n");
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_EQ(request_status(std::string_view(head).substr(0, size)), 400) << size;
  EXPECT_EQ(request_status(head + "x"), 400);
  EXPECT_EQ(request_status(head + "\r\n"), 400);
}

TEST(RequestRefusal, LimitsHaveTheirOwnStatus) {
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += "X-A: 1\r\n";
  EXPECT_EQ(request_status(get_with(lines)), 0);
  EXPECT_EQ(request_status(get_with(lines + "X-A: 1\r\n")), 431);
  const std::string long_target =
      "GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
  EXPECT_EQ(request_status(long_target), 414);
  EXPECT_EQ(request_status(get_with("X-A: " + std::string(33000, 'x') + "\r\n")), 431);
}

TEST(RequestRefusal, ExpectIsOnlyForContinue) {
  EXPECT_EQ(request_status(post_with("Expect: 100-Continue\r\n")), 0);
  EXPECT_EQ(request_status(post_with("Expect: tea\r\n")), 417);
  EXPECT_EQ(request_status("POST / HTTP/1.0\r\nExpect: tea\r\n\r\n"), 0);
}

TEST(RequestRefusal, ConnectionIsAListOfOptionsThatEnds) {
  EXPECT_EQ(request_status(get_with("Connection: close x\r\n")), 400);
  EXPECT_EQ(request_status(get_with("Connection: \"close\"\r\n")), 400);
  EXPECT_EQ(request_status(get_with("Connection: , close,,\r\n")), 0);
  std::string many = "Connection: a";
  for (int i = 1; i < 64; ++i) many += ",a";
  EXPECT_EQ(request_status(get_with(many + "\r\n")), 0);
  EXPECT_EQ(request_status(get_with(many + ",a\r\n")), 400);
}

TEST(RequestRefusal, MaxForwardsIsANumberWhereItCounts) {
  EXPECT_EQ(request_status("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: x\r\n\r\n"), 400);
  EXPECT_EQ(
      request_status("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 1\r\nMax-Forwards: 2\r\n\r\n"),
      400);
  EXPECT_EQ(request_status(get_with("Max-Forwards: x\r\n")), 0);
}

TEST(RequestRefusal, ReasonsNeverQuoteThePeer) {
  RequestHead head;
  const Refusal refusal = parse_request(get_with("EvilName<: 1\r\n"), Limits{}, head);
  EXPECT_EQ(refusal.reason, "A field name is not a token.");
}

}  // namespace
}  // namespace sy::http
