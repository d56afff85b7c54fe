#include "verdict/relative.h"

namespace sy::verdict {
namespace {

constexpr Logs times{2, 4, 8, 16, 32, 64};  // as likely as on live

}  // namespace

void bet(Logs& logs, double hits, double count, double share) {
  for (std::size_t i = 0; i < parts; ++i) {
    logs[i] += hits * std::log(times[i]) - count * std::log(times[i] * share + 1 - share);
  }
}

void Relative::observe(bool of_candidate, double share) {
  // Nothing was routed to the candidate, or everything: a failure says nothing about the other.
  if (share <= 0 || share >= 1) return;
  bet(logs_, of_candidate ? 1 : 0, 1, share);
}

}  // namespace sy::verdict
