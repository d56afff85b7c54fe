#include "worker/body.h"

#include <algorithm>
#include <charconv>

namespace sy::worker {

using http::ChunkDecoder;
using http::Framing;

BodySource::BodySource(Framing framing, std::uint64_t length, const http::Limits& limits)
    : framing_{framing},
      left_{length},
      done_{framing == Framing::none || (framing == Framing::length && length == 0)} {
  if (framing == Framing::chunked) decoder_.emplace(limits);
}

BodySource::Run BodySource::next(std::string_view buffered) {
  Run run;
  if (done_ || buffered.empty()) return run;
  if (framing_ != Framing::chunked) {
    std::size_t count = buffered.size();
    if (framing_ == Framing::length) count = std::min<std::uint64_t>(count, left_);
    run.span[run.count++] = buffered.substr(0, count);
    run.taken = run.bytes = count;
    if (framing_ == Framing::length) done_ = (left_ -= count) == 0;
    return run;
  }
  while (run.count < spans_max) {
    const auto step = decoder_->next(buffered.substr(run.taken));
    run.taken += step.taken;
    run.bytes += step.bytes.size();
    if (!step.bytes.empty()) run.span[run.count++] = step.bytes;
    run.bad = step.verdict == ChunkDecoder::Verdict::bad;
    done_ = step.verdict == ChunkDecoder::Verdict::done;
    if (step.taken == 0 || step.verdict != ChunkDecoder::Verdict::more) break;
  }
  return run;
}

Outgoing::Outgoing(std::string_view prefix, const BodySource::Run& run, const BodySource& source,
                   Framing as) {
  add(prefix);
  const bool chunked = as == Framing::chunked;
  if (chunked && run.bytes != 0) {
    char* end = std::to_chars(line_.data(), line_.data() + line_.size() - 2, run.bytes, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    add({line_.data(), static_cast<std::size_t>(end - line_.data())});
  }
  for (std::size_t i = 0; i < run.count; ++i) add(run.span[i]);
  if (chunked && run.bytes != 0) add("\r\n");
  if (chunked && source.done()) {
    add("0\r\n");
    add(source.trailers());
    add("\r\n");
  }
}

void Outgoing::add(std::string_view bytes) {
  if (bytes.empty()) return;
  piece_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};  // only ever read from
  size_ += bytes.size();
}

Duration read_allowance(const Pace& pace, std::uint64_t moved, Duration waited) {
  if (pace.minimum_rate == 0) return pace.idle;
  const auto paid = std::chrono::seconds{static_cast<std::int64_t>(moved / pace.minimum_rate)};
  const Duration left = pace.rate_after + paid - waited;
  return std::clamp<Duration>(left, Duration::zero(), pace.idle);
}

}  // namespace sy::worker
