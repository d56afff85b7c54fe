#include "control/aws/refresh.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;

std::chrono::seconds window_for(Moment::duration lifetime) {
  if (lifetime <= 20min) return 5min;
  return lifetime < 90min ? 15min : 60min;
}

}  // namespace

Refresh::Step Refresh::next(Moment now) const {
  if (refusal_ && now < refused_until_) return Step::raise;
  if (!held_) return Step::fetch;
  const bool due = rejected_ || (held_->expires && now >= *held_->expires - window_);
  if (!due) return Step::use;
  return now < not_before_ ? Step::wait : Step::fetch;
}

bool Refresh::fetched(const Credentials& fresh, Moment now, double chance) {
  if (fresh.expires && *fresh.expires <= now) {
    failed(now, chance);
    return false;
  }
  held_ = fresh;
  rejected_ = false;
  refusal_.reset();
  not_before_ = Moment{};
  window_ = 0s;
  if (fresh.expires) window_ = options_.window.value_or(window_for(*fresh.expires - now));
  return true;
}

bool Refresh::failed(Moment now, double chance) {
  refusal_.reset();
  if (!held_) return false;
  const std::chrono::duration<double> wait =
      options_.backoff_min + chance * (options_.backoff_max - options_.backoff_min);
  not_before_ = now + std::chrono::round<std::chrono::milliseconds>(wait);
  return true;
}

void Refresh::refused(const Error& why, Moment now) {
  refusal_ = why;
  refused_until_ = now + options_.refusal_kept;
}

Result<Credentials> Refresh::settle(const Result<Credentials>& got, Moment now, double chance) {
  if (got) {
    fetched(*got, now, chance);
    if (held_) return *held_;
    return Error{Kind::auth, "", "the source of credentials gave some that had expired", 0, ""};
  }
  if (got.error().kind != Kind::unavailable) {
    refused(got.error(), now);
    return got.error();
  }
  if (failed(now, chance)) return *held_;
  return got.error();
}

void Refresh::invalidate(std::string_view access_key_id) {
  if (held_ && held_->access_key_id == access_key_id) rejected_ = true;
}

}  // namespace sy::aws
