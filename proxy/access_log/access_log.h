// The access log: workers format into batches of their own, one writer thread puts the batches into
// a file. A disk that is slow loses lines, which are counted; it never delays a request.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "access_log/record.h"
#include "base/error.h"
#include "base/time.h"

namespace sy::access_log {

class Channel;
class WriterThread;

// Owns the file and the thread that writes it. All members may be called from any thread.
class Sink {
 public:
  // `where`: "stdout" or the path of a file, which is appended to and made (mode 0640) if missing.
  // `time` must outlive the sink.
  [[nodiscard]] static Result<std::unique_ptr<Sink>> open(const std::string& where,
                                                          const TimeSource& time);
  // Writes to an open file descriptor, which stays the caller's; reopen() does nothing then.
  Sink(int fd, const TimeSource& time);
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  // As stop() with one second.
  ~Sink();

  // The file was renamed (log rotation): opens its path again before the next batch is written. A
  // path that cannot be opened leaves the old file in use.
  void reopen();
  // Writes what the writers handed over, giving up once the file takes nothing for `patience`.
  // Call it when the workers have
  // ended: what is handed over later is not written.
  void stop(Duration patience);
  // Lines lost since the start: the file was too slow, full or gone.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  friend class Writer;
  Sink(int fd, std::string path, const TimeSource& time);

  std::unique_ptr<WriterThread> thread_;
};

// One worker's end of a sink. Used on one thread; neither call ever waits. The sink must outlive
// it.
class Writer {
 public:
  explicit Writer(Sink& sink);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // hands over what is left

  // Formats one line into the batch; hands the batch over when it is full.
  void add(const Record& record);
  // Hands over what was added, unless the sink still writes an earlier batch: then the batch goes
  // on filling, so that a short stall costs no lines. Called every 100 ms.
  void flush();

 private:
  void hand_over();

  WriterThread& thread_;
  Channel& channel_;
  Formatter formatter_;
};

}  // namespace sy::access_log
