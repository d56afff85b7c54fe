// The last events, numbered, and who wants to hear of new ones.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "director/director.h"

namespace sy::director {

class EventLog {
 public:
  static constexpr std::size_t kept_max = 1'000;

  void add(WallTime at, std::string type, std::string json) {
    events_.push_back(Event{++last_id_, at, std::move(type), std::move(json)});
    if (events_.size() > kept_max) events_.pop_front();
    const auto wakes = wakes_;  // a wake may unsubscribe itself or another
    for (const auto& [id, wake] : wakes) {
      if (wakes_.contains(id)) wake();
    }
  }
  [[nodiscard]] std::vector<Event> after(std::uint64_t id, bool& gap) const {
    gap = id < last_id_ && !events_.empty() && id + 1 < events_.front().id;
    std::vector<Event> found;
    for (const Event& event : events_) {
      if (event.id > id) found.push_back(event);
    }
    return found;
  }
  std::uint64_t subscribe(std::function<void()> wake) {
    wakes_.emplace(++last_wake_, std::move(wake));
    return last_wake_;
  }
  void unsubscribe(std::uint64_t id) { wakes_.erase(id); }

 private:
  std::deque<Event> events_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::function<void()>> wakes_;
  std::uint64_t last_wake_ = 0;
};

}  // namespace sy::director
