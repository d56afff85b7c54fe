#include "net/task.h"

namespace sy::net {
namespace {

Task<> take_part(Task<> task, std::exception_ptr& died) {
  try {
    co_await task;
  } catch (...) {
    if (!died) died = std::current_exception();
  }
}

}  // namespace

// Whom it resumes may end the life of its frame, and of the owner.
void detail::PromiseBase::finish(std::coroutine_handle<> ended) noexcept {
  if (owner_ == nullptr) {
    if (caller_) caller_.resume();
    return;
  }
  Tasks& owner = *owner_;
  if (died_) ++owner.failures_;
  ended.destroy();
  if (--owner.size_ == 0) owner.empty_.notify();
}

void Tasks::start(Task<> task) {
  ++size_;
  const auto handle = std::exchange(task.handle_, nullptr);
  handle.promise().belong_to(*this);
  handle.resume();
}

Task<> both(Task<> one, Task<> other) {
  std::exception_ptr died;
  Tasks pair;
  pair.start(take_part(std::move(one), died));
  pair.start(take_part(std::move(other), died));
  if (pair.size() != 0) co_await pair.empty();
  if (died) std::rethrow_exception(died);
}

}  // namespace sy::net
