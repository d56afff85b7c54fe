// A chunked body of any bytes: the same at every cut, and as a naive reader of whole lines reads
// it.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/h1.h"
#include "tests/unit/http/naive_chunks.h"

namespace {

using namespace sy::http;

struct Outcome {
  ChunkDecoder::Verdict verdict = ChunkDecoder::Verdict::more;
  std::string body;
  std::string trailers;
  std::size_t used = 0;
  int status = 0;
  bool operator==(const Outcome&) const = default;
};

// Feeds pieces of `piece` bytes and its successors by a simple sequence.
Outcome decode(std::string_view in, const Limits& limits, std::size_t piece) {
  ChunkDecoder decoder{limits};
  Outcome out;
  std::size_t end = 0;
  while (end < in.size() && out.verdict == ChunkDecoder::Verdict::more) {
    end = std::min(in.size(), end + piece);
    piece = piece * 5 % 7 + 1;
    while (out.used < end && out.verdict == ChunkDecoder::Verdict::more) {
      const auto step = decoder.next(in.substr(out.used, end - out.used));
      SY_CHECK(step.taken != 0 || step.verdict == ChunkDecoder::Verdict::bad);
      SY_CHECK(step.bytes.size() <= step.taken);
      out.used += step.taken;
      out.body += step.bytes;
      out.verdict = step.verdict;
    }
  }
  out.trailers = decoder.trailers();
  out.status = decoder.refusal().status;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view in{reinterpret_cast<const char*>(bytes) + 1, size - 1};
  const Limits limits{.chunk_line_bytes_max = 40, .trailer_bytes_max = 60};
  const Outcome whole = decode(in, limits, in.size());
  SY_CHECK(decode(in, limits, 1U + bytes[0] % 8U) == whole);
  using Verdict = ChunkDecoder::Verdict;
  SY_CHECK((whole.verdict == Verdict::bad) == (whole.status != 0));
  const naive::Body naive =
      naive::decode(in, limits.chunk_line_bytes_max, limits.trailer_bytes_max);
  switch (naive.end) {
    case naive::End::more: SY_CHECK(whole.verdict != Verdict::done); break;
    case naive::End::bad: SY_CHECK(whole.verdict == Verdict::bad); break;
    case naive::End::done:
      SY_CHECK(whole.verdict == Verdict::done);
      SY_CHECK(whole.body == naive.bytes && whole.used == naive.used);
      break;
  }
  if (whole.verdict != Verdict::done) return 0;
  ChunkDecoder decoder;
  const std::string again = "0\r\n" + whole.trailers + "\r\n";
  SY_CHECK(decoder.next(again).verdict == Verdict::done && decoder.trailers() == whole.trailers);
  return 0;
}
