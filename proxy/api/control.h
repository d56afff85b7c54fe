// What the API needs of the director, declared by its user: the real one, or a test's.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "director/director.h"

namespace sy::api {

class Control {
 public:
  virtual ~Control() = default;
  virtual net::Awaitable<Result<director::Applied>> submit(rollout::Command command,
                                                           director::Intent intent) = 0;
  [[nodiscard]] virtual director::Status status() const = 0;
  [[nodiscard]] virtual const std::vector<director::Entry>& journal() const = 0;
  [[nodiscard]] virtual std::vector<director::Event> events(std::uint64_t after,
                                                            bool& gap) const = 0;
  virtual std::uint64_t subscribe(std::function<void()> wake) = 0;
  virtual void unsubscribe(std::uint64_t id) = 0;
};

// The real one.
class DirectorControl final : public Control {
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

}  // namespace sy::api
