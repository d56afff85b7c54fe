// The standard retry mode of AWS, version 2.1, as a pure machine: how long to wait before the next
// attempt, or that there is none. Chance is an argument.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sy::aws {

// What one attempt came to.
struct Attempt {
  int status = 0;      // HTTP; 0: there was no answer
  std::string code{};  // of the error; empty: none
  bool timed_out = false;
  bool skewed = false;          // explained_by_skew
  std::string retry_after{};    // x-amz-retry-after, in milliseconds
  bool again = false;           // the service says of this very error that it may be tried again
  bool quota_is_final = false;  // LimitExceededException is a quota of things, not of calls
};

[[nodiscard]] bool succeeded(const Attempt& attempt);
[[nodiscard]] bool throttled(const Attempt& attempt);
[[nodiscard]] bool transient(const Attempt& attempt);

// Shared by the calls of one client, so that a service in trouble is not asked ever more often.
class RetryQuota {
 public:
  explicit RetryQuota(int capacity = 500) : capacity_{capacity}, left_{capacity} {}
  [[nodiscard]] int left() const { return left_; }
  [[nodiscard]] bool take(int cost);
  void give(int cost);

 private:
  int capacity_;
  int left_;
};

struct RetryOptions {
  int attempts_max = 3;
  std::chrono::milliseconds base{50};
  std::chrono::milliseconds base_throttled{1000};
  std::chrono::milliseconds delay_max{20'000};
  int cost = 14;
  int cost_throttled = 5;
};

// One call and its attempts.
class Retry {
 public:
  using Delay = std::chrono::duration<double>;

  Retry(RetryOptions options, RetryQuota& quota) : options_{options}, quota_{quota} {}

  // How long to wait before the next attempt; nothing when this was the last one. `chance` is in
  // [0, 1).
  [[nodiscard]] std::optional<Delay> after(const Attempt& attempt, double chance);

  [[nodiscard]] int attempt() const { return attempt_; }  // the one under way, from 1
  // For the field amz-sdk-request.
  [[nodiscard]] std::string field() const;

 private:
  [[nodiscard]] Delay delay(const Attempt& attempt, double chance) const;
  RetryOptions options_;
  RetryQuota& quota_;
  int attempt_ = 1;
  int owed_ = 0;  // what the last retry cost
};

}  // namespace sy::aws
