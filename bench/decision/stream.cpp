#include "stream.h"

#include <algorithm>

namespace sy::decision {
namespace {

constexpr std::uint64_t routes = 8;
constexpr double burst_length = 20;
constexpr double burst_factor = 8;
constexpr std::size_t clients = 50;
constexpr double fails_again = 0.8;

double error_at(const Setting& setting, Color color, double at) {
  for (const auto& stretch : setting.stretches) {
    if (at < stretch.until) return stretch.errors[color];
  }
  return setting.stretches.back().errors[color];
}

}  // namespace

Lane::Lane(const Setting& setting, Color color, Random& random)
    : setting_{&setting}, random_{&random}, color_{color} {
  rate_ = setting.rate * (color == Color::green ? setting.share : 1 - setting.share);
  phase_ = random.unit();
  enter(0);
}

std::uint64_t Lane::requests(double at) const {
  // Rounding must not put a request's own time before it.
  return static_cast<std::uint64_t>(at * rate_ + phase_ + 1e-6);
}

void Lane::enter(std::size_t stretch) {
  stretch_ = stretch;
  stretch_end_ = requests(setting_->stretches[stretch].until);
  error_ = setting_->stretches[stretch].errors[color_];
  quiet_error_ = error_ >= 1 ? 1 : error_ / 2;
  burst_error_ = std::min(1.0, burst_factor * error_);
  const double in_burst =
      burst_error_ > quiet_error_ ? (error_ - quiet_error_) / (burst_error_ - quiet_error_) : 0;
  burst_begins_ = in_burst / (1 - in_burst) / burst_length;
}

double Lane::chance_of_event() const {
  switch (setting_->texture) {
    case Texture::independent: return error_;
    case Texture::bursty:
      return burst_ ? 1 - (1 - burst_error_) * (1 - 1 / burst_length)
                    : 1 - (1 - quiet_error_) * (1 - burst_begins_);
    case Texture::correlated: {
      const double failing = static_cast<double>(failing_.size()) / clients;
      const double begins =
          error_ >= 1 ? 1 : std::min(1.0, error_ * (1 - fails_again) / (1 - error_));
      return failing + (1 - failing) * begins;
    }
  }
  return 0;
}

void Lane::choose(Failed& failed) {
  failed.client = random_->bits() | 1;
  failed.route = random_->below(routes);
}

// What the event at the present request is; true when the request fails.
bool Lane::event(Failed& failed) {
  switch (setting_->texture) {
    case Texture::independent: choose(failed); return true;
    case Texture::bursty: {
      const double error = burst_ ? burst_error_ : quiet_error_;
      const double turn = burst_ ? 1 / burst_length : burst_begins_;
      const double either = 1 - (1 - error) * (1 - turn);
      const double which = random_->unit() * either;
      if (which < turn) burst_ = !burst_;
      choose(failed);
      return which >= turn || random_->chance(error);
    }
    case Texture::correlated: {
      const double failing = static_cast<double>(failing_.size()) / clients;
      if (!random_->chance(failing / chance_of_event())) {
        choose(failed);
        failing_.push_back({failed.client, failed.route});
        return true;
      }
      const std::size_t at = random_->below(failing_.size());
      failed.client = failing_[at].key;
      failed.route = failing_[at].route;
      if (error_ >= 1 || random_->chance(fails_again)) return true;
      failing_[at] = failing_.back();
      failing_.pop_back();
      return false;
    }
  }
  return false;
}

std::optional<Failed> Lane::next() {
  if (rate_ <= 0) return std::nullopt;
  for (;;) {
    const std::uint64_t gap = random_->trials(chance_of_event());
    if (index_ + gap > stretch_end_) {
      index_ = stretch_end_;
      if (stretch_ + 1 == setting_->stretches.size()) return std::nullopt;
      enter(stretch_ + 1);
      continue;
    }
    index_ += gap;
    Failed failed{
        .at = (static_cast<double>(index_) - phase_) / rate_, .color = color_, .index = index_};
    if (event(failed)) return failed;
  }
}

Stream::Stream(const Setting& setting, std::uint64_t seed) : setting_{setting}, random_{seed} {
  for (const Color color : colors) {
    lanes_[color].emplace(setting_, color, random_);
    ahead_[color] = lanes_[color]->next();
  }
  poison_ahead_ = poison();
}

std::uint64_t Stream::requests(Color color, double at) const { return lanes_[color]->requests(at); }

// Spread over the whole time.
std::optional<Failed> Stream::poison() {
  if (poisoned_ == setting_.poison) return std::nullopt;
  ++poisoned_;
  const double at =
      end() * (static_cast<double>(poisoned_) - 0.5) / static_cast<double>(setting_.poison);
  return Failed{.at = at, .color = Color::green, .client = 7, .route = routes, .poison = true};
}

void Stream::replay(Failed& failed) {
  if (failed.color != Color::green) return;
  if (failed.poison) {
    if (setting_.poison_replayed) failed.replay = false;
    return;
  }
  if (!random_.chance(setting_.replayed)) return;
  failed.replay = !random_.chance(error_at(setting_, Color::blue, failed.at));
}

std::optional<Failed> Stream::next() {
  std::optional<Failed>* first = nullptr;
  for (auto* one : {&ahead_.blue, &ahead_.green, &poison_ahead_}) {
    if (*one && (!first || (*one)->at < (*first)->at)) first = one;
  }
  if (!first) return std::nullopt;
  auto failed = *first;
  *first = first == &poison_ahead_ ? poison() : lanes_[failed->color]->next();
  replay(*failed);
  return failed;
}

}  // namespace sy::decision
