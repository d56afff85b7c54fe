#include <gtest/gtest.h>

#include <random>

#include "tests/unit/http/heads.h"
#include "tests/unit/http/naive_chunks.h"

namespace sy::http {
namespace {

using Verdict = ChunkDecoder::Verdict;

struct Outcome {
  Verdict verdict = Verdict::more;
  std::string body;
  std::string trailers;
  std::size_t used = 0;
  int status = 0;
  bool operator==(const Outcome&) const = default;
};

// Feeds `in` in pieces that end at `cuts`, as a connection would.
Outcome decode(ChunkDecoder& decoder, std::string_view in,
               std::initializer_list<std::size_t> cuts) {
  Outcome out;
  std::vector<std::size_t> ends{cuts};
  ends.push_back(in.size());
  for (const std::size_t end : ends) {
    while (out.used < end && out.verdict == Verdict::more) {
      const auto step = decoder.next(in.substr(out.used, end - out.used));
      out.used += step.taken;
      out.body += step.bytes;
      out.verdict = step.verdict;
      if (step.taken == 0) break;
    }
  }
  out.trailers = decoder.trailers();
  out.status = decoder.refusal().status;
  return out;
}
Outcome decode(std::string_view in, std::initializer_list<std::size_t> cuts = {}) {
  ChunkDecoder decoder;
  return decode(decoder, in, cuts);
}

TEST(ChunkDecoder, TakesABodyApartAndStopsAtItsEnd) {
  const Outcome out = decode("4\r\nwiki\r\nA\r\npedia\r\n in\r\n0\r\n\r\nGET /");
  EXPECT_EQ(out.verdict, Verdict::done);
  EXPECT_EQ(out.body, "wikipedia\r\n in");
  EXPECT_EQ(out.used, 29U);
  EXPECT_EQ(out.trailers, "");
}

TEST(ChunkDecoder, GivesARunOfBodyWithTheLineBeforeIt) {
  ChunkDecoder decoder;
  const auto step = decoder.next("5\r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(step.taken, 8U);
  EXPECT_EQ(step.bytes, "hello");
  EXPECT_EQ(step.verdict, Verdict::more);
}

TEST(ChunkDecoder, TakesNothingAfterItsEndAndStaysDone) {
  ChunkDecoder decoder;
  ASSERT_EQ(decode(decoder, "0\r\n\r\n", {}).verdict, Verdict::done);
  const auto step = decoder.next("5\r\nhello");
  EXPECT_EQ(step.taken, 0U);
  EXPECT_EQ(step.verdict, Verdict::done);
}

TEST(ChunkDecoder, StaysBad) {
  ChunkDecoder decoder;
  ASSERT_EQ(decode(decoder, "x", {}).verdict, Verdict::bad);
  const auto step = decoder.next("0\r\n\r\n");
  EXPECT_EQ(step.taken, 0U);
  EXPECT_EQ(step.verdict, Verdict::bad);
}

TEST(ChunkDecoder, AnswersTheSameAtEveryPairOfCuts) {
  const std::string bodies[] = {
      "4\r\nwiki\r\n5;a=\"b\\\"\";c\r\npedia\r\n0\r\nX-A: 1\r\nX-B:2\r\n\r\nrest",
      "3\r\nabcd\r\n0\r\n\r\n", "4 \r\nabcd\r\n", "4\r\nabcd\r\n0\r\nX-A : 1\r\n\r\n",
      "1\r\na\r\n0\r\nbad"};
  for (const std::string& body : bodies) {
    const Outcome whole = decode(body);
    for (std::size_t first = 0; first <= body.size(); ++first)
      for (std::size_t second = first; second <= body.size(); ++second)
        ASSERT_EQ(decode(body, {first, second}), whole) << body << first << " " << second;
  }
}

TEST(ChunkDecoder, ACutBodyIsNeverDone) {
  const std::string body = "4;x=1\r\nwiki\r\n0\r\nX-A: 1\r\n\r\n";
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_EQ(decode(std::string_view(body).substr(0, size)).verdict, Verdict::more) << size;
}

TEST(ChunkDecoder, RefusesMalformedFraming) {
  for (const std::string body : {"10000000000000004\r\nabcd\r\n0\r\n\r\n",
                                 "8000000000000000\r\nabcd",
                                 "ffffffffffffffff\r\nabcd",
                                 "00000000000000004\r\nabcd\r\n0\r\n\r\n",
                                 "-4\r\nabcd\r\n",
                                 "+4\r\nabcd\r\n",
                                 "0x4\r\nabcd\r\n",
                                 "\r\nabcd\r\n",
                                 "4 \r\nabcd\r\n",
                                 "4\t\r\nabcd\r\n",
                                 " 4\r\nabcd\r\n",
                                 "4\nabcd\r\n",
                                 "4;a\nabcd\r\n",
                                 "4;a\rb\r\nabcd\r\n",
                                 "4\r\nabcd\n0\r\n\r\n",
                                 "3\r\nabcd\r\n",
                                 "4\r\nabcd\r\n0\n\n",
                                 "4\r\nabcd\r\n0\r\n\n",
                                 "4\r\nabcd\r\r\n",
                                 "4\rabcd",
                                 "g\r\n",
                                 "4;\r\nabcd",
                                 "4;=1\r\nabcd",
                                 "4;a=\r\nabcd",
                                 "4;a=\"x\r\nabcd",
                                 "4;a=\"x\"y\r\nabcd",
                                 "4;a=\"\\\r\n\"\r\nabcd",
                                 "4;a=x y\r\nabcd",
                                 "4;a b\r\nabcd",
                                 "4 a\r\nabcd",
                                 "4;a=\"\x01\"\r\nabcd",
                                 "4;(\r\nabcd",
                                 "4,5\r\nabcd"}) {
    const Outcome out = decode(body);
    EXPECT_EQ(out.verdict, Verdict::bad) << body;
    EXPECT_EQ(out.status, 400) << body;
  }
  EXPECT_EQ(decode(std::string_view("4\0\r\nabcd", 9)).verdict, Verdict::bad);
}

TEST(ChunkDecoder, IgnoresExtensions) {
  for (const std::string size : {"4;a", "4;a=b", "4 ; a = b", "4;a;b=c;d=\"e;f\\\"\"", "4;a=\"\"",
                                 "4;a ", "4;a=\"\\\\\" ", "0004", "4;a=\"\x80\""})
    EXPECT_EQ(decode(size + "\r\nabcd\r\n0;end\r\n\r\n").body, "abcd") << size;
}

TEST(ChunkDecoder, BoundsTheSizeLine) {
  ChunkDecoder decoder{Limits{.chunk_line_bytes_max = 16}};
  EXPECT_EQ(decode(decoder, "1;aaaaaaaaaaaa\r\nx\r\n1;aaaaaaaaaaaa\r\nx\r\n0\r\n\r\n", {}).body,
            "xx");
  decoder.reset();
  const Outcome out = decode(decoder, "1;aaaaaaaaaaaaa\r\nx\r\n", {});
  EXPECT_EQ(out.verdict, Verdict::bad);
  EXPECT_EQ(out.body, "");
}

TEST(ChunkDecoder, BoundsTheTrailersAsAWhole) {
  ChunkDecoder decoder{Limits{.trailer_bytes_max = 18}};
  EXPECT_EQ(decode(decoder, "0\r\nX-A: 1\r\nX-B: 2\r\n\r\n", {}).verdict, Verdict::done);
  decoder.reset();
  const Outcome out = decode(decoder, "0\r\nX-A: 1\r\nX-B: 22\r\n\r\n", {});
  EXPECT_EQ(out.verdict, Verdict::bad);
  EXPECT_EQ(out.status, 431);
}

TEST(ChunkDecoder, BoundsTheNumberOfTrailers) {
  std::string body = "0\r\n";
  for (int i = 0; i < 100; ++i) body += "X-A: 1\r\n";
  EXPECT_EQ(decode(body + "\r\n").verdict, Verdict::done);
  EXPECT_EQ(decode(body + "X-A: 1\r\n\r\n").status, 431);
}

TEST(ChunkDecoder, KeepsTrailersApartAndInOrder) {
  const Outcome out = decode("0\r\nX-Sum:  1 \r\nx-sum:2\r\nServer-Timing: a\r\n\r\n");
  EXPECT_EQ(out.trailers, "X-Sum: 1\r\nx-sum: 2\r\nServer-Timing: a\r\n");
}

TEST(ChunkDecoder, LeavesOutTrailersThatBelongInTheHead) {
  for (const std::string name : {"Host",
                                 "Content-Length",
                                 "Transfer-Encoding",
                                 "Connection",
                                 "Keep-Alive",
                                 "TE",
                                 "Trailer",
                                 "Upgrade",
                                 "Set-Cookie",
                                 "Cookie",
                                 "Authorization",
                                 "Content-Type",
                                 "Content-Encoding",
                                 "Content-Range",
                                 "Expect",
                                 "Max-Forwards",
                                 "X-Forwarded-For",
                                 "X-Forwarded-Port",
                                 "Forwarded",
                                 "Via",
                                 "X-Request-Id",
                                 "Traceparent",
                                 "X-Switchyard-Token",
                                 "Range",
                                 "Cache-Control",
                                 "x_under"}) {
    const Outcome out = decode("0\r\n" + name + ": 1\r\nX-Ok: 2\r\n\r\n");
    EXPECT_EQ(out.verdict, Verdict::done) << name;
    EXPECT_EQ(out.trailers, "X-Ok: 2\r\n") << name;
  }
}

TEST(ChunkDecoder, LeavesOutTrailersThatTheHeadNominated) {
  const std::string text =
      post_with("Connection: close, X-Foo\r\nConnection: x-bar\r\nTransfer-Encoding: chunked\r\n");
  const RequestHead head = request_of(text);
  ChunkDecoder decoder;
  decoder.nominate(head.fields());
  const std::string body = "0\r\nX-Foo: 1\r\nX-Fo: 2\r\nX-BAR: 3\r\nX-Foo-Bar: 4\r\n\r\n";
  EXPECT_EQ(decode(decoder, body, {}).trailers, "X-Fo: 2\r\nX-Foo-Bar: 4\r\n");
  decoder.reset();
  EXPECT_EQ(decode(decoder, "0\r\nX-Foo: 1\r\n\r\n", {}).trailers, "X-Foo: 1\r\n");
}

TEST(ChunkDecoder, RefusesMalformedTrailers) {
  for (const std::string line : {"X-A : 1\r\n", "X-A: a\x01\r\n", " X-A: 1\r\n", "X-A: 1\r\n 2\r\n",
                                 ": 1\r\n", "Nonsense\r\n", "X-A: 1\n", "X-A: a\rb\r\n"})
    EXPECT_EQ(decode("0\r\n" + line + "\r\n").verdict, Verdict::bad) << line;
}

TEST(ChunkDecoder, IsNewAfterAReset) {
  ChunkDecoder decoder;
  ASSERT_EQ(decode(decoder, "5;a=\"\r\n", {}).verdict, Verdict::bad);
  decoder.reset();
  EXPECT_EQ(decoder.refusal().status, 0);
  EXPECT_EQ(decode(decoder, "3\r\nabc\r\n0\r\nX-A: 1\r\n\r\n", {}),
            decode("3\r\nabc\r\n0\r\nX-A: 1\r\n\r\n"));
}

// Bodies put together from parts that are right, nearly right and wrong.
std::string any_body(std::mt19937& random) {
  static constexpr const char* parts[] = {"0",
                                          "1",
                                          "3",
                                          "a",
                                          "0\r\n\r\n",
                                          "\r\n",
                                          "\n",
                                          "\r",
                                          ";",
                                          "a=b",
                                          "=",
                                          "\"",
                                          "\\",
                                          " ",
                                          "\t",
                                          "abc",
                                          "3\r\nabc\r\n",
                                          "1;x\r\ny\r\n",
                                          "X-A: 1\r\n",
                                          ":",
                                          "ffffffffffffffff",
                                          "\x80",
                                          "0\r\nA:b\r\n\r\n",
                                          "1 ;q=\"z\"\r\nb\r\n"};
  std::string body;
  const auto count = random() % 9;
  for (unsigned i = 0; i < count; ++i) body += parts[random() % std::size(parts)];
  return body;
}

TEST(ChunkDecoder, AgreesWithTheNaiveReaderOnAnyBody) {
  int done = 0;
  for (unsigned seed = 0; seed < 200'000; ++seed) {
    std::mt19937 random{seed};
    const std::string body = any_body(random);
    const naive::Body expected = naive::decode(body, 8 * 1024, 32 * 1024);
    const Outcome whole = decode(body);
    const std::size_t cut = body.empty() ? 0 : random() % body.size();
    ASSERT_EQ(decode(body, {cut}), whole) << seed;
    if (expected.end == naive::End::more) {
      ASSERT_NE(whole.verdict, Verdict::done) << seed;
      continue;
    }
    ASSERT_EQ(whole.verdict == Verdict::done, expected.end == naive::End::done) << seed << body;
    ASSERT_NE(whole.verdict, Verdict::more) << seed << body;
    if (expected.end == naive::End::bad) continue;
    ++done;
    ASSERT_EQ(whole.body, expected.bytes) << seed;
    ASSERT_EQ(whole.used, expected.used) << seed;
  }
  EXPECT_GT(done, 1'000);
}

}  // namespace
}  // namespace sy::http
