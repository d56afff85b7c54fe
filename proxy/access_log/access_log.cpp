#include "access_log/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

#include "access_log/channel.h"
#include "access_log/writer_thread.h"

namespace sy::access_log {
namespace {

constexpr std::size_t line_room = 1024;

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

Result<std::unique_ptr<Sink>> Sink::open(const std::string& where, const TimeSource& time) {
  if (where == "stdout") return std::make_unique<Sink>(STDOUT_FILENO, time);
  const int fd = open_file(where);
  if (fd < 0) {
    return Error{.blame = Blame::self, .what = "access log " + where + ": " + reason(errno)};
  }
  return std::unique_ptr<Sink>{new Sink{fd, where, time}};
}

Sink::Sink(int fd, const TimeSource& time) : Sink{fd, std::string{}, time} {}

Sink::Sink(int fd, std::string path, const TimeSource& time)
    : thread_{std::make_unique<WriterThread>(fd, std::move(path), time)} {}

Sink::~Sink() { stop(std::chrono::seconds{1}); }

void Sink::reopen() { thread_->reopen(); }

void Sink::stop(Duration patience) { thread_->stop(patience); }

std::uint64_t Sink::dropped() const { return thread_->dropped(); }

Writer::Writer(Sink& sink) : thread_{*sink.thread_}, channel_{thread_.open_channel()} {}

Writer::~Writer() {
  const std::string* batch = channel_.filling();
  if (batch != nullptr && !batch->empty()) hand_over();
}

void Writer::add(const Record& record) {
  std::string* batch = channel_.filling();
  if (batch == nullptr) return channel_.drop();
  formatter_.line(*batch, record);
  if (batch->size() + line_room > Channel::batch_bytes) hand_over();
}

void Writer::flush() {
  if (!channel_.idle()) return;
  if (!channel_.filling()->empty()) hand_over();
}

void Writer::hand_over() {
  channel_.hand_over();
  thread_.wake();
}

}  // namespace sy::access_log
