// When credentials are fetched anew, and what is used when that fails: the policy only. Nothing is
// fetched here; chance and time are arguments.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "control/aws/credentials.h"
#include "control/aws/error.h"

namespace sy::aws {

struct RefreshOptions {
  std::optional<std::chrono::seconds> window;  // how long before they expire; empty: by lifetime
  std::chrono::seconds backoff_min{300};
  std::chrono::seconds backoff_max{600};
  std::chrono::seconds refusal_kept{5};
};

class Refresh {
 public:
  enum class Step {
    use,    // what is held
    fetch,  // then say fetched, failed or refused
    wait,   // hold on to what is held: the source failed a moment ago
    raise,  // the source refused a moment ago, see refusal()
  };

  explicit Refresh(RefreshOptions options = {}) : options_{options} {}

  [[nodiscard]] Step next(Moment now) const;

  // False when they have expired already: the source is taken to have failed.
  bool fetched(const Credentials& fresh, Moment now, double chance);
  // The source could not be asked, or could not answer. What is held stays in use, even expired:
  // AWS decides whether it is. False when nothing is held.
  bool failed(Moment now, double chance);
  // The source answered, and asking again will not help.
  void refused(const Error& why, Moment now);
  // Any of the three, by what a fetch came to. Answers what the caller is to use: the fresh ones,
  // those still held, or why there are none.
  Result<Credentials> settle(const Result<Credentials>& got, Moment now, double chance);
  // AWS did not accept these (ExpiredToken): fetch others, unless they were replaced since.
  void invalidate(std::string_view access_key_id);

  [[nodiscard]] const std::optional<Credentials>& held() const { return held_; }
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }
  // How long before the end a refresh is due.
  [[nodiscard]] std::chrono::seconds window() const { return window_; }

 private:
  RefreshOptions options_;
  std::optional<Credentials> held_;
  std::chrono::seconds window_{0};
  bool rejected_ = false;
  Moment not_before_{};
  std::optional<Error> refusal_;
  Moment refused_until_{};
};

}  // namespace sy::aws
