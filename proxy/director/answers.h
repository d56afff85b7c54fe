// What was answered to an idempotency key, so that a call sent twice is done once. Forgotten at a
// restart; refusals are not kept, since they may be tried again.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "director/director.h"

namespace sy::director {

class Answers {
 public:
  static constexpr std::size_t kept_max = 1'000;

  // Nothing for a key not seen before; an error when it came with another command.
  [[nodiscard]] std::optional<Result<Applied>> find(const Intent& intent,
                                                    const rollout::Command& command) const {
    if (intent.idempotency_key.empty() || intent.dry_run) return std::nullopt;
    const auto found = kept_.find(Key{intent.actor, intent.idempotency_key});
    if (found == kept_.end()) return std::nullopt;
    if (!(found->second.command == command)) {
      return Result<Applied>{
          Error{Blame::client, false, 422, "this idempotency key was used for another command"}};
    }
    Applied applied = found->second.applied;
    applied.replayed = true;
    return Result<Applied>{std::move(applied)};
  }

  void keep(const Intent& intent, rollout::Command command, Applied applied) {
    if (intent.idempotency_key.empty() || intent.dry_run) return;
    Key key{intent.actor, intent.idempotency_key};
    kept_.insert_or_assign(key, Answer{std::move(command), std::move(applied)});
    order_.push_back(std::move(key));
    if (order_.size() <= kept_max) return;
    kept_.erase(order_.front());
    order_.pop_front();
  }

 private:
  using Key = std::pair<std::string, std::string>;  // actor, idempotency key
  struct Answer {
    rollout::Command command;
    Applied applied;
  };
  std::map<Key, Answer> kept_;
  std::deque<Key> order_;
};

}  // namespace sy::director
