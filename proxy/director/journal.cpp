#include "director/journal.h"

#include <sys/stat.h>

#include <deque>
#include <functional>
#include <utility>

#include "director/journal_text.h"
#include "director/posix_file.h"

namespace sy::director {
namespace {

constexpr std::size_t queued_max = 1'000;

// Calls `line` for each whole line of the file and returns what follows the last line end. A line
// over line_bytes_max is passed cut, so that memory stays bounded.
Result<std::string> read_lines(int fd, const std::function<void(std::string_view)>& line) {
  std::string rest;
  std::vector<char> block(64 * 1024);
  for (;;) {
    const auto got = read_some(fd, block.data(), block.size());
    if (got < 0) return system_failure("read journal");
    if (got == 0) return rest;
    std::string_view fresh{block.data(), static_cast<std::size_t>(got)};
    for (auto end = fresh.find('\n'); end != std::string_view::npos; end = fresh.find('\n')) {
      if (rest.size() <= line_bytes_max) rest += fresh.substr(0, end);
      line(rest);
      rest.clear();
      fresh.remove_prefix(end + 1);
    }
    if (rest.size() <= line_bytes_max) rest += fresh;
  }
}

// The entry `path` itself must survive a power cut too.
Result<> sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!file || ::fsync(file.fd()) != 0) return system_failure("sync " + folder);
  return {};
}

Result<> set_aside(const std::string& path, std::string_view torn) {
  const File file{
      ::open((path + ".torn").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!file || !write_all(file.fd(), torn) || !write_all(file.fd(), "\n") ||
      ::fsync(file.fd()) != 0) {
    return system_failure("write " + path + ".torn");
  }
  return {};
}

}  // namespace

struct Journal::Inner {
  std::string path;
  File file;
  off_t size = 0;  // of the whole lines in the file
  std::size_t keep = 0;
  std::vector<Entry> entries;
  std::uint64_t sequence = 0;
  std::string hash = first_previous();
  std::deque<std::string> queue;  // lines of entries that are chained but not written
  std::uint64_t lost = 0;         // entries that found the queue full
  std::string note;

  // All or nothing: what was written of a line that did not become durable is cut off again.
  Result<> write(std::string_view text) {
    if (::ftruncate(file.fd(), size) != 0) return system_failure("truncate " + path);
    if (!write_all(file.fd(), text) || ::fsync(file.fd()) != 0) {
      const Error error = system_failure("write " + path);
      std::ignore = ::ftruncate(file.fd(), size);  // tried again before the next write
      return error;
    }
    size += static_cast<off_t>(text.size());
    return {};
  }

  Entry chained(Entry entry) const {
    entry = fitted(std::move(entry));
    entry.sequence = sequence + 1;
    entry.previous = hash;
    entry.hash = hash_of(entry);
    return entry;
  }

  void take(Entry entry) {
    sequence = entry.sequence;
    hash = entry.hash;
    if (keep == 0) return;
    if (entries.size() >= keep) {
      const auto oldest = static_cast<std::ptrdiff_t>(keep / 10 + 1);
      entries.erase(entries.begin(), entries.begin() + oldest);
    }
    entries.push_back(std::move(entry));
  }

  Result<> flush() {
    while (!queue.empty()) {
      if (auto written = write(queue.front()); !written) return written;
      queue.pop_front();
    }
    if (lost == 0) return {};
    Entry gap;
    gap.at = entries.empty() ? WallTime{} : entries.back().at;
    gap.actor = "switchyard";
    gap.action = "lost";
    gap.detail = std::to_string(lost) + " entries while the journal could not be written";
    gap = chained(std::move(gap));
    if (auto written = write(to_line(gap) + "\n"); !written) return written;
    take(std::move(gap));
    lost = 0;
    return {};
  }

  Result<> append_or_drop(Entry entry) {
    if (auto flushed = flush(); !flushed) return flushed;
    Entry next = chained(std::move(entry));
    if (auto written = write(to_line(next) + "\n"); !written) return written;
    take(std::move(next));
    return {};
  }

  Result<> append(Entry entry) {
    auto written = append_or_drop(entry);
    if (written) return written;
    if (queue.size() >= queued_max) {
      ++lost;
      return written;
    }
    Entry next = chained(std::move(entry));
    queue.push_back(to_line(next) + "\n");
    take(std::move(next));
    return written;
  }
};

Journal::Journal(std::unique_ptr<Inner> inner) : inner_{std::move(inner)} {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::open(const std::string& path, std::size_t keep) {
  auto inner = std::make_unique<Inner>();
  inner->path = path;
  inner->keep = keep;
  inner->file = File{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!inner->file) return system_failure("open " + path);
  struct stat status {};
  if (::fstat(inner->file.fd(), &status) != 0) return system_failure("stat " + path);
  if (!S_ISREG(status.st_mode)) return Error{Blame::self, false, 500, path + " is not a file"};
  inner->size = status.st_size;
  Chain chain;
  std::string problem;
  std::uint64_t problems = 0;
  const auto torn = read_lines(inner->file.fd(), [&](std::string_view line) {
    std::optional<Entry> entry;
    const std::string wrong = chain.check(line, entry);
    if (!wrong.empty() && ++problems == 1) problem = wrong;
    if (entry) inner->take(*std::move(entry));
  });
  if (!torn) return torn.error();
  if (problems > 0) {
    inner->note = "journal: " + problem;
    if (problems > 1) inner->note += " (and " + std::to_string(problems - 1) + " more)";
  }
  if (!torn->empty()) {
    if (auto kept = set_aside(path, *torn); !kept) return kept.error();
    inner->size -= static_cast<off_t>(torn->size());
    if (::ftruncate(inner->file.fd(), inner->size) != 0 || ::fsync(inner->file.fd()) != 0) {
      return system_failure("truncate " + path);
    }
    if (!inner->note.empty()) inner->note += "; ";
    inner->note += "journal: a torn last line was set aside in " + path + ".torn";
  }
  if (auto synced = sync_folder_of(path); !synced) return synced.error();
  return Journal{std::move(inner)};
}

Result<> Journal::append(Entry entry) { return inner_->append(std::move(entry)); }
Result<> Journal::append_or_drop(Entry entry) { return inner_->append_or_drop(std::move(entry)); }
Result<> Journal::flush() { return inner_->flush(); }
std::size_t Journal::queued() const { return inner_->queue.size() + (inner_->lost > 0 ? 1 : 0); }
const std::vector<Entry>& Journal::entries() const { return inner_->entries; }
const std::string& Journal::note() const { return inner_->note; }

namespace {

class Verifier {
 public:
  void take(std::string_view line) {
    std::optional<Entry> entry;
    std::string wrong = chain_.check(line, entry);
    if (entry) ++found_.entries;
    if (!wrong.empty()) say(std::move(wrong));
  }
  Verification end(std::string_view rest) && {
    if (!rest.empty()) say("line " + std::to_string(chain_.line() + 1) + " is torn");
    return std::move(found_);
  }

 private:
  void say(std::string problem) {
    if (found_.problems.size() < problems_max) found_.problems.push_back(std::move(problem));
  }

  Chain chain_;
  Verification found_;
};

}  // namespace

Result<Verification> verify(const std::string& path) {
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return system_failure("open " + path);
  Verifier verifier;
  const auto rest =
      read_lines(file.fd(), [&verifier](std::string_view line) { verifier.take(line); });
  if (!rest) return rest.error();
  return std::move(verifier).end(*rest);
}

Verification verify_text(std::string_view text) {
  Verifier verifier;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    verifier.take(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return std::move(verifier).end(text);
}

}  // namespace sy::director
