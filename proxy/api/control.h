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

}  // namespace sy::api
