#include "net/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <utility>

#include "base/check.h"

namespace sy::net {

namespace asio = boost::asio;

Pipe::~Pipe() {
  ::close(out_);
  ::close(in_);
}

std::size_t Pipe::fill(Stream& from, std::size_t most, error_code& error) {
  SY_CHECK(held_ == 0);
  const std::size_t count = from.splice_in(in_, std::min(most, capacity), error);
  held_ = count;
  return count;
}

std::size_t Pipe::empty_into(Stream& to, error_code& error) {
  const std::size_t count = to.splice_out(out_, held_, error);
  held_ -= count;
  return count;
}

PipePool::Loan PipePool::lend() {
  if (lent_ == lent_max) return {nullptr, Return{this}};
  if (!kept_.empty()) {
    ++lent_;
    Pipe* const pipe = kept_.back().release();
    kept_.pop_back();
    return {pipe, Return{this}};
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return {nullptr, Return{this}};
  auto made = std::make_unique<Pipe>(ends[0], ends[1]);
  // A user whose pipes hold many pages gets small ones, which are slower than copying.
  const int got = ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(Pipe::capacity));
  if (got < static_cast<int>(Pipe::capacity)) return {nullptr, Return{this}};
  ++lent_;
  return {made.release(), Return{this}};
}

void PipePool::give(Pipe* pipe) {
  std::unique_ptr<Pipe> owned{pipe};
  --lent_;
  if (owned->held() == 0 && kept_.size() < kept_max) kept_.push_back(std::move(owned));
}

Task<std::size_t> drain(Pipe& pipe, Deadline& deadline, Duration idle, error_code& error) {
  Stream& to = deadline.stream();
  std::size_t total = 0;
  error.clear();
  while (pipe.held() != 0) {
    deadline.in(idle);
    const std::size_t count = pipe.empty_into(to, error);
    total += count;
    if (!error) continue;
    if (error != asio::error::would_block) break;
    co_await to.wait_write();
    if (!to.expired()) continue;
    error = asio::error::timed_out;
    break;
  }
  co_return total;
}

}  // namespace sy::net
