#include "probe/prober.h"

#include <boost/asio/redirect_error.hpp>
#include <map>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "health/jitter.h"
#include "probe/attempt.h"

namespace sy::probe {
namespace {

// What makes a target the same one after a reload.
auto key(const director::ProbeTarget& target) {
  const auto& endpoint = target.endpoint;
  return std::tie(target.service, target.color, endpoint.url, endpoint.address, endpoint.port,
                  endpoint.tls, endpoint.host);
}
using Key = decltype(key(std::declval<const director::ProbeTarget&>()));

}  // namespace

Prober::Prober(net::Executor executor, const TimeSource& time, Options options,
               std::shared_ptr<const net::ClientTls> tls)
    : executor_{executor},
      time_{time},
      options_{std::move(options)},
      user_agent_{"switchyard-probe/" + options_.version},
      tls_{std::move(tls)},
      random_{options_.seed},
      wake_{executor},
      tasks_{executor} {
  SY_CHECK(tls_ != nullptr && options_.in_flight_max > 0);
  tasks_.spawn(run());
}

void Prober::watch(std::vector<director::ProbeTarget> targets) {
  std::vector<director::ProbeState> states;
  std::vector<Watched> watched;
  std::unordered_map<Id, std::size_t> position;
  std::multimap<Key, std::size_t> known;
  for (std::size_t i = 0; i < states_.size(); ++i) known.emplace(key(states_[i].target), i);
  for (auto& target : targets) {
    const auto same = known.find(key(target));
    if (same == known.end()) {
      watched.push_back({++last_id_, health::Gate{target.options}});
      states.push_back({std::move(target), false, std::nullopt, time_.wall()});
      due_.push({time_.now(), last_id_});
    } else {
      const auto& before = states_[same->second];
      watched.push_back(watched_[same->second]);
      watched.back().gate.tune(target.options);
      states.push_back({std::move(target), before.open, before.last, before.since});
      known.erase(same);
    }
    position.emplace(watched.back().id, states.size() - 1);
  }
  states_ = std::move(states);
  watched_ = std::move(watched);
  position_ = std::move(position);
  wake_.cancel();
}

net::Awaitable<> Prober::stop() {
  stopped_ = true;
  tasks_.stop();
  co_await tasks_.wait();
}

net::Awaitable<> Prober::run() {
  for (;;) {
    start_due();
    wake_.expires_at(next_due());
    net::error_code woken;
    co_await wake_.async_wait(boost::asio::redirect_error(net::use_awaitable, woken));
  }
}

Instant Prober::next_due() const {
  if (due_.empty() || in_flight_ >= options_.in_flight_max) return Instant::max();
  return due_.top().at;
}

Duration Prober::jittered(Duration interval) {
  return health::jittered(interval, static_cast<std::uint32_t>(random_()));
}

void Prober::start_due() {
  while (next_due() <= time_.now()) {
    const Id id = due_.top().id;
    due_.pop();
    const auto found = position_.find(id);
    if (found == position_.end()) continue;  // dropped meanwhile
    ++in_flight_;
    tasks_.spawn(probe(id, states_[found->second].target));
  }
}

net::Awaitable<> Prober::probe(Id id, director::ProbeTarget target) {
  const Instant started = time_.now();
  const auto tls = tls_;  // set_tls() may come meanwhile
  Attempted attempted = co_await attempt(executor_, target, *tls, user_agent_, time_);
  if (stopped_) co_return;
  --in_flight_;
  if (position_.contains(id)) {
    due_.push({started + jittered(target.options.interval), id});
  }
  wake_.cancel();
  settle(id, std::move(attempted));
}

void Prober::settle(Id id, Attempted attempted) {
  const auto found = position_.find(id);
  if (found == position_.end()) return;
  auto& state = states_[found->second];
  auto& gate = watched_[found->second].gate;
  auto& result = attempted.result;
  result.at = time_.wall();
  // A bad probe learnt nothing about who is there.
  if (!result.good && state.last) result.identity = state.last->identity;
  const bool moved = attempted.observed && gate.observe(result.good);
  const bool news = moved || !state.last || state.last->identity != result.identity;
  if (moved) {
    state.open = gate.open();
    state.since = result.at;
  }
  state.last = std::move(result);
  if (news && on_change_) on_change_();
}

}  // namespace sy::probe
