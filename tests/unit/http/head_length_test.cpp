#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

std::size_t length_at_once(std::string_view bytes) {
  std::size_t scanned = 0;
  return head_length(bytes, scanned);
}

TEST(HeadLength, IsZeroUntilTheEmptyLineIsThere) {
  const std::string head = get_with("X-A: 1\r\n");
  for (std::size_t size = 0; size < head.size(); ++size)
    EXPECT_EQ(length_at_once(std::string_view(head).substr(0, size)), 0U) << size;
  EXPECT_EQ(length_at_once(head), head.size());
}

TEST(HeadLength, StopsAtTheFirstEmptyLine) {
  const std::string head = get_with("");
  EXPECT_EQ(length_at_once(head + head), head.size());
}

TEST(HeadLength, CountsEmptyLinesInFrontAsPartOfTheHead) {
  const std::string head = "\r\n\r\n" + get_with("");
  EXPECT_EQ(length_at_once(head), head.size());
  EXPECT_EQ(length_at_once("\r\n\r\n"), 0U);
}

TEST(HeadLength, EndsAtBareLineFeedsTooSoThatARefusalNeedNotWait) {
  EXPECT_EQ(length_at_once("GET / HTTP/1.1\nHost: a\n\nrest"), 24U);
  EXPECT_EQ(length_at_once("GET / HTTP/1.1\r\nHost: a\n\r\nrest"), 26U);
}

TEST(HeadLength, IsTheSameHoweverTheBytesArrive) {
  const std::string heads[] = {get_with("X-A: 1\r\nX-B: 2\r\n"), "\r\n\r\n" + get_with(""),
                               "GET / HTTP/1.1\nHost: a\n\n", "A\r\r\n\r\r\n\r\n", "\n\nA\n\n"};
  for (const std::string& head : heads) {
    const std::string bytes = head + "body\r\n\r\n";
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
      for (std::size_t second = first; second <= bytes.size(); ++second) {
        std::size_t scanned = 0;
        std::size_t length = head_length(std::string_view(bytes).substr(0, first), scanned);
        if (length == 0) length = head_length(std::string_view(bytes).substr(0, second), scanned);
        if (length == 0) length = head_length(bytes, scanned);
        ASSERT_EQ(length, head.size()) << first << " " << second;
      }
    }
  }
}

TEST(HeadLength, LooksAtNoByteTwiceByteByByte) {
  const std::string head = get_with("X-A: 1\r\n");
  std::size_t scanned = 0;
  for (std::size_t size = 1; size < head.size(); ++size) {
    ASSERT_EQ(head_length(std::string_view(head).substr(0, size), scanned), 0U);
    ASSERT_GE(scanned + 2, size);
  }
}

TEST(EarlyRefusal, NeverRefusesThePartOfAGoodHead) {
  const std::string heads[] = {get_with(""), "\r\n" + post_with("Content-Length: 1\r\n"),
                               "OPTIONS * HTTP/1.0\r\n\r\n",
                               "GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"};
  for (const std::string& head : heads)
    for (std::size_t size = 0; size <= head.size(); ++size)
      EXPECT_EQ(early_refusal(std::string_view(head).substr(0, size), Limits{}).status, 0) << size;
}

TEST(EarlyRefusal, IsTheFinalOneAtEveryCut) {
  const std::string heads[] = {"\x16\x03\x01\r\n\r\n",
                               " GET / HTTP/1.1\r\n\r\n",
                               "\nGET / HTTP/1.1\r\n\r\n",
                               "\rGET / HTTP/1.1\r\n\r\n",
                               "GET  / HTTP/1.1\r\n\r\n",
                               "GET /\x80 HTTP/1.1\r\n\r\n",
                               "GET /#a HTTP/1.1\r\n\r\n",
                               "GET /\r\n\r\n",
                               "GET / HTTP/2.0\r\n\r\n",
                               "GET / HTTP/1.2\r\n\r\n",
                               "GET / HTTP/1.10\r\n\r\n",
                               "GET / HTTP/1.1\n\n",
                               "GET / HTTP/1.1\rX\r\n\r\n",
                               "GET / x HTTP/1.1\r\n\r\n",
                               "GET / http/1.1\r\n\r\n",
                               "G{T / HTTP/1.1\r\n\r\n",
                               std::string(33, 'A') + " / HTTP/1.1\r\n\r\n",
                               "GET /" + std::string(100, 'a') + " HTTP/1.1\r\n\r\n"};
  const Limits limits{.target_bytes_max = 100};
  for (const std::string& head : heads) {
    const int status = request_status(head, limits);
    ASSERT_NE(status, 0) << head;
    EXPECT_EQ(early_refusal(head, limits).status, status) << head;
    for (std::size_t size = 0; size <= head.size(); ++size) {
      const int early = early_refusal(std::string_view(head).substr(0, size), limits).status;
      EXPECT_TRUE(early == 0 || early == status) << head << size;
    }
  }
}

TEST(EarlyRefusal, ComesAsSoonAsTheTargetPassesItsLimit) {
  const std::string start = "GET /" + std::string(8 * 1024 - 1, 'a');
  EXPECT_EQ(early_refusal(start, Limits{}).status, 0);
  EXPECT_EQ(early_refusal(start + "a", Limits{}).status, 414);
}

TEST(EarlyRefusal, ComesAsSoonAsTheHeadPassesItsLimit) {
  std::string head = "GET / HTTP/1.1\r\nX-A: ";
  head.append(32 * 1024 - head.size(), 'x');
  EXPECT_EQ(early_refusal(head, Limits{}).status, 0);
  EXPECT_EQ(early_refusal(head + "x", Limits{}).status, 431);
  EXPECT_EQ(request_status(head + "\r\n\r\n"), 431);
}

TEST(EarlyRefusal, EndsAnEndlessRunOfEmptyLines) {
  std::string lines;
  while (lines.size() <= Limits{}.head_bytes_max) lines += "\r\n";
  EXPECT_EQ(early_refusal(lines, Limits{}).status, 431);
}

}  // namespace
}  // namespace sy::http
