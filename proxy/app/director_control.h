// The director as the control API wants it.
#pragma once
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/control.h"
#include "director/director.h"

namespace sy::app {

class DirectorControl final : public api::Control {
 public:
  explicit DirectorControl(director::Director& director) : director_{director} {}
  net::Awaitable<Result<director::Applied>> submit(rollout::Command command,
                                                   director::Intent intent) override {
    return director_.submit(std::move(command), std::move(intent));
  }
  [[nodiscard]] director::Status status() const override { return director_.status(); }
  [[nodiscard]] const std::vector<director::Entry>& journal() const override {
    return director_.journal().entries();
  }
  [[nodiscard]] std::vector<director::Event> events(std::uint64_t after, bool& gap) const override {
    return director_.events(after, gap);
  }
  std::uint64_t subscribe(std::function<void()> wake) override {
    return director_.subscribe(std::move(wake));
  }
  void unsubscribe(std::uint64_t id) override { director_.unsubscribe(id); }

  // Outcome → rollouts that ended so. Never falls, though the journal forgets its oldest entries.
  const std::map<std::string, std::uint64_t>& ended() {
    const auto& entries = journal();
    auto from = entries.end();
    while (from != entries.begin() && std::prev(from)->sequence > counted_) --from;
    for (; from != entries.end(); ++from) {
      counted_ = from->sequence;
      const auto outcome = from->fields.find("outcome");
      if (outcome != from->fields.end()) ++ended_[outcome->second];
    }
    return ended_;
  }

 private:
  director::Director& director_;
  std::uint64_t counted_ = 0;  // the last entry that ended() has seen
  std::map<std::string, std::uint64_t> ended_{{"aborted", 0}, {"completed", 0}, {"reverted", 0}};
};

}  // namespace sy::app
