#include "net/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

namespace sy::net {

TaskGroup::TaskGroup(Executor executor, Report report)
    : executor_{executor}, report_{std::move(report)}, empty_{executor} {
  empty_.expires_at(Instant::max());
}

void TaskGroup::spawn(Awaitable<> task) {
  if (stopped_) return;
  if (idle_.empty()) idle_.emplace_back();
  running_.splice(running_.end(), idle_, idle_.begin());
  const auto signal = std::prev(running_.end());
  ++size_;
  asio::co_spawn(
      executor_, std::move(task),
      asio::bind_cancellation_slot(signal->slot(), [this, signal](const std::exception_ptr& died) {
        finish(signal, died);
      }));
}

void TaskGroup::stop() {
  stopped_ = true;
  for (auto& signal : running_) signal.emit(asio::cancellation_type::terminal);
}

Awaitable<> TaskGroup::wait() {
  while (size_ != 0) {
    error_code cancelled;
    co_await empty_.async_wait(asio::redirect_error(use_awaitable, cancelled));
  }
}

void TaskGroup::finish(Signals::iterator signal, const std::exception_ptr& died) {
  // Once stopped the list stays as it is: stop() may be walking it.
  if (!stopped_) idle_.splice(idle_.begin(), running_, signal);
  if (died) count(died);
  if (--size_ == 0) empty_.cancel();
}

void TaskGroup::count(const std::exception_ptr& died) {
  try {
    std::rethrow_exception(died);
  } catch (const boost::system::system_error& error) {
    if (stopped_ && error.code() == asio::error::operation_aborted) return;
    ++failures_;
    if (report_) report_(error.what());
  } catch (const std::exception& error) {
    ++failures_;
    if (report_) report_(error.what());
  } catch (...) {
    ++failures_;
    if (report_) report_("unknown exception");
  }
}

}  // namespace sy::net
