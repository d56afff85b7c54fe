// The thread that writes batches, and the file it writes to.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "access_log/channel.h"
#include "access_log/record.h"
#include "base/time.h"

namespace sy::access_log {

// Opens for appending, without waiting for the reader of a fifo; -1 and errno when it cannot.
[[nodiscard]] int open_file(const std::string& path);

// The mutex guards the list of channels, which grows at start only; no lock is held while writing,
// and a worker takes it once, in open_channel().
class WriterThread {
 public:
  // An empty `path`: `fd` is not ours to close or reopen.
  WriterThread(int fd, std::string path, const TimeSource& time);
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;
  ~WriterThread();

  Channel& open_channel();
  void wake();
  void reopen();
  void stop(Duration patience);
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  void run();
  bool write_batches();
  void write_batch(std::string_view batch);
  void report_gap();
  std::size_t write_all(std::string_view text);
  long write_some(std::string_view text);
  bool wait_writable();
  void wait_woken();
  void clear_wake();
  void open_again();
  void learn_kind();

  const TimeSource& time_;
  const std::string path_;
  int fd_;
  int wake_;
  std::size_t chunk_ = 0;  // at most this much in one write
  bool socket_ = false;
  bool torn_ = false;  // the file ends within a line
  bool gave_up_ = false;
  bool woken_ = false;  // a wake was cleared that may mean more than whoever cleared it looked at
  std::uint64_t reported_ = 0;
  Formatter formatter_;

  mutable std::mutex channels_mutex_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::atomic<std::uint64_t> lost_{0};  // lines the file did not take
  std::atomic<bool> reopen_{false};
  std::atomic<int> patience_milliseconds_{-1};  // negative: not stopping
  std::once_flag joined_;
  std::thread thread_;
};

}  // namespace sy::access_log
