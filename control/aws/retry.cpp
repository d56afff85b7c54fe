#include "control/aws/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace sy::aws {
namespace {

constexpr std::array<std::string_view, 14> throttles{"Throttling",
                                                     "ThrottlingException",
                                                     "ThrottledException",
                                                     "RequestThrottledException",
                                                     "TooManyRequestsException",
                                                     "ProvisionedThroughputExceededException",
                                                     "TransactionInProgressException",
                                                     "RequestLimitExceeded",
                                                     "BandwidthLimitExceeded",
                                                     "LimitExceededException",
                                                     "RequestThrottled",
                                                     "SlowDown",
                                                     "PriorRequestNotComplete",
                                                     "EC2ThrottledException"};

// IDPCommunicationError is what STS says when it could not reach the issuer of a web identity.
constexpr std::array<std::string_view, 5> passing{
    "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "IDPCommunicationError",
    "IDPCommunicationErrorException"};

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::optional<Retry::Delay> asked_for(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return std::chrono::milliseconds{value};
}

}  // namespace

bool succeeded(const Attempt& attempt) {
  return attempt.status >= 200 && attempt.status < 300 && attempt.code.empty();
}

bool throttled(const Attempt& attempt) {
  if (attempt.quota_is_final && attempt.code == "LimitExceededException") return false;
  return among(throttles, attempt.code);
}

bool transient(const Attempt& attempt) {
  const int status = attempt.status;
  return status == 0 || status == 500 || status == 502 || status == 503 || status == 504 ||
         among(passing, attempt.code);
}

bool RetryQuota::take(int cost) {
  if (cost > left_) return false;
  left_ -= cost;
  return true;
}

void RetryQuota::give(int cost) { left_ = std::min(capacity_, left_ + cost); }

std::optional<Retry::Delay> Retry::after(const Attempt& attempt, double chance) {
  if (succeeded(attempt)) {
    quota_.give(owed_ > 0 ? owed_ : 1);
    return std::nullopt;
  }
  const bool worth = throttled(attempt) || transient(attempt) || attempt.skewed || attempt.again;
  if (!worth || attempt_ >= options_.attempts_max) return std::nullopt;
  const int cost = throttled(attempt) ? options_.cost_throttled : options_.cost;
  if (!quota_.take(cost)) return std::nullopt;
  owed_ = cost;
  const Delay wait = delay(attempt, chance);
  ++attempt_;
  return wait;
}

Retry::Delay Retry::delay(const Attempt& attempt, double chance) const {
  const Delay base = throttled(attempt) ? options_.base_throttled : options_.base;
  const Delay most = options_.delay_max;
  const Delay own = chance * std::min(base * std::exp2(attempt_ - 1), most);
  const auto asked = asked_for(attempt.retry_after);
  return asked ? std::clamp(*asked, own, own + Delay{5}) : own;
}

std::string Retry::field() const {
  return "attempt=" + std::to_string(attempt_) + "; max=" + std::to_string(options_.attempts_max);
}

}  // namespace sy::aws
