// The director as the control API wants it.
#pragma once
#include <functional>
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

 private:
  director::Director& director_;
};

}  // namespace sy::app
