#include "verdict/relative.h"

#include <numbers>

namespace sy::verdict {
namespace {

constexpr double ln2 = std::numbers::ln2;
// 2, 4, … 64 times as likely as on live.
constexpr Logs times{2, 4, 8, 16, 32, 64};
constexpr Logs ln_times{ln2, 2 * ln2, 3 * ln2, 4 * ln2, 5 * ln2, 6 * ln2};

}  // namespace

void bet(Logs& logs, double hits, double count, double share) {
  for (std::size_t i = 0; i < parts; ++i) {
    logs[i] += hits * ln_times[i] - count * std::log(times[i] * share + 1 - share);
  }
}

void Relative::observe(bool of_candidate, double share) {
  // Nothing was routed to the candidate, or everything: a failure says nothing about the other.
  if (share <= 0 || share >= 1) return;
  bet(logs_, of_candidate ? 1 : 0, 1, share);
}

}  // namespace sy::verdict
