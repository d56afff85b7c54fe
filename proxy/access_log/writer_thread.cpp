#include "access_log/writer_thread.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <tuple>

#include "base/check.h"

namespace sy::access_log {
namespace {

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Signals are for the main thread, and SIGPIPE would end us where EPIPE says the same.
template <class Start>
void with_signals_blocked(Start start) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  SY_CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
  start();
  SY_CHECK(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
}

}  // namespace

int open_file(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                0640);
}

WriterThread::WriterThread(int fd, std::string path, const TimeSource& time)
    : time_{time},
      path_{std::move(path)},
      fd_{fd},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  SY_CHECK(wake_ >= 0);
  learn_kind();
  with_signals_blocked([this] { thread_ = std::thread{[this] { run(); }}; });
}

WriterThread::~WriterThread() {
  stop(Duration::zero());
  if (!path_.empty()) ::close(fd_);
  ::close(wake_);
}

Channel& WriterThread::open_channel() {
  const std::lock_guard lock{channels_mutex_};
  return *channels_.emplace_back(std::make_unique<Channel>());
}

void WriterThread::wake() {
  constexpr std::uint64_t one = 1;
  std::ignore = ::write(wake_, &one, sizeof one);  // fails only when it is set already
}

void WriterThread::reopen() {
  reopen_.store(true);
  wake();
}

void WriterThread::stop(Duration patience) {
  std::call_once(joined_, [this, patience] {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
    patience_milliseconds_.store(static_cast<int>(std::clamp<long>(whole, 0, INT_MAX)));
    wake();
    thread_.join();
  });
}

std::uint64_t WriterThread::dropped() const {
  const std::lock_guard lock{channels_mutex_};
  std::uint64_t all = lost_.load(std::memory_order_relaxed);
  for (const auto& channel : channels_) all += channel->dropped();
  return all;
}

void WriterThread::run() {
  for (;;) {
    woken_ = false;
    // Read before the batches: whoever stops us has handed over by now what is to be written.
    const bool stopping = patience_milliseconds_.load() >= 0;
    if (reopen_.exchange(false)) open_again();
    const bool wrote = write_batches();
    if (wrote || woken_) continue;
    if (stopping) return;
    wait_woken();
  }
}

// One batch of each channel, so that a busy worker does not cost another one its lines.
bool WriterThread::write_batches() {
  std::vector<Channel*> channels;
  {
    const std::lock_guard lock{channels_mutex_};
    for (const auto& channel : channels_) channels.push_back(channel.get());
  }
  bool wrote = false;
  for (Channel* channel : channels) {
    if (const std::string* batch = channel->oldest()) {
      write_batch(*batch);
      channel->take();
      wrote = true;
    }
  }
  report_gap();
  return wrote;
}

void WriterThread::write_batch(std::string_view batch) {
  if (torn_ && write_all("\n") == 1) torn_ = false;
  const std::size_t written = torn_ ? 0 : write_all(batch);
  if (written == batch.size()) return;
  torn_ = torn_ || (written > 0 && batch[written - 1] != '\n');
  lost_.fetch_add(lines_in(batch.substr(written)), std::memory_order_relaxed);
}

void WriterThread::report_gap() {
  const std::uint64_t missing = dropped() - reported_;
  if (missing == 0) return;
  std::string text;
  if (torn_) text += '\n';
  formatter_.gap(text, time_.wall(), missing);
  const std::size_t written = write_all(text);
  if (written > 0) torn_ = text[written - 1] != '\n';
  if (written == text.size()) reported_ += missing;
}

std::size_t WriterThread::write_all(std::string_view text) {
  std::size_t written = 0;
  while (written < text.size() && !gave_up_) {
    if (chunk_ != SIZE_MAX && !wait_writable()) break;
    const long n = write_some(text.substr(written, chunk_));
    if (n >= 0) {
      written += static_cast<std::size_t>(n);
    } else if (errno != EINTR && errno != EAGAIN) {
      break;
    }
  }
  return written;
}

long WriterThread::write_some(std::string_view text) {
  if (socket_) return ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return ::write(fd_, text.data(), text.size());
}

// Without waiting here a reader that stopped would hold write() for ever, and with it our end.
bool WriterThread::wait_writable() {
  for (;;) {
    const int patience = patience_milliseconds_.load();
    const bool stopping = patience >= 0;
    std::array<pollfd, 2> both{pollfd{fd_, POLLOUT, 0}, pollfd{wake_, POLLIN, 0}};
    const int ready = ::poll(both.data(), stopping ? 1 : 2, stopping ? patience : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (both[0].revents != 0) return true;
    if (ready <= 0) {
      gave_up_ = true;
      return false;
    }
    clear_wake();
  }
}

void WriterThread::wait_woken() {
  pollfd woken{wake_, POLLIN, 0};
  std::ignore = ::poll(&woken, 1, -1);  // interrupted: the loop looks again
  clear_wake();
}

void WriterThread::clear_wake() {
  std::uint64_t wakes = 0;
  woken_ = true;
  std::ignore = ::read(wake_, &wakes, sizeof wakes);  // fails only when it was clear already
}

void WriterThread::open_again() {
  if (path_.empty()) return;
  const int next = open_file(path_);
  if (next < 0) return;
  ::close(fd_);
  fd_ = next;
  torn_ = false;
  learn_kind();
}

// A pipe that polls writable takes PIPE_BUF bytes without waiting, no more (pipe(7)).
void WriterThread::learn_kind() {
  struct stat kind {};
  const bool known = ::fstat(fd_, &kind) == 0;
  const int flags = ::fcntl(fd_, F_GETFL);
  const bool never_waits = flags >= 0 && (flags & O_NONBLOCK) != 0;
  socket_ = known && S_ISSOCK(kind.st_mode);
  if (known && S_ISREG(kind.st_mode)) {
    chunk_ = SIZE_MAX;
  } else {
    chunk_ = socket_ || never_waits ? Channel::batch_bytes : PIPE_BUF;
  }
}

}  // namespace sy::access_log
