#include "director/file_store.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <utility>

#include "director/posix_file.h"

namespace sy::director {
namespace {

constexpr std::size_t state_bytes_max = 1 << 20;
constexpr const char* file_a = "state.a";
constexpr const char* file_b = "state.b";
constexpr const char* file_new = "state.new";

class PosixFolder final : public Folder {
 public:
  PosixFolder(std::string path, File folder, File lock)
      : path_{std::move(path)}, folder_{std::move(folder)}, lock_{std::move(lock)} {}

  Result<std::optional<std::string>> read(const std::string& file, std::size_t bytes_max) override {
    const File from{::openat(folder_.fd(), file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!from && errno == ENOENT) return std::optional<std::string>{};
    if (!from) return failure("open", file);
    std::string text(bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
      const auto got = read_some(from.fd(), text.data() + size, text.size() - size);
      if (got < 0) return failure("read", file);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
    }
    if (size > bytes_max) return Error{Blame::self, false, 500, file + " is too long"};
    text.resize(size);
    return std::optional<std::string>{std::move(text)};
  }

  Result<> write(const std::string& file, std::string_view text) override {
    const File to{
        ::openat(folder_.fd(), file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!to) return failure("open", file);
    if (!write_all(to.fd(), text)) return failure("write", file);
    return {};
  }

  Result<> sync(const std::string& file) override {
    const File of{::openat(folder_.fd(), file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!of || ::fsync(of.fd()) != 0) return failure("sync", file);
    return {};
  }

  Result<> rename(const std::string& from, const std::string& to) override {
    if (::renameat(folder_.fd(), from.c_str(), folder_.fd(), to.c_str()) != 0) {
      return failure("rename", from);
    }
    return {};
  }

  Result<> sync_folder() override {
    if (::fsync(folder_.fd()) != 0) return failure("sync", "");
    return {};
  }

 private:
  [[nodiscard]] Error failure(const std::string& verb, const std::string& file) const {
    return system_failure(verb + " " + path_ + "/" + file);
  }

  std::string path_;
  File folder_;
  File lock_;
};

std::string owner_of(int lock) {
  std::array<char, 32> text{};
  const auto got = ::pread(lock, text.data(), text.size(), 0);
  std::string_view owner{text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  owner = owner.substr(0, owner.find('\n'));
  return owner.empty() ? "another process" : "process " + std::string(owner);
}

struct Found {
  std::optional<rollout::State> state;
  std::string wrong;    // in words, when the file is there and cannot be used
  bool unread = false;  // `wrong` is about reading it, not about what is in it
};

Found look_at(Folder& folder, const char* file) {
  const auto text = folder.read(file, state_bytes_max);
  if (!text) return Found{std::nullopt, text.error().what, true};
  if (!*text) return Found{};
  auto state = rollout::decode(**text);
  if (!state) return Found{std::nullopt, state.error().what, false};
  return Found{std::move(*state), "", false};
}

void add(std::string& note, const std::string& text) {
  if (!note.empty()) note += "; ";
  note += text;
}

}  // namespace

Result<std::unique_ptr<FileStore>> FileStore::open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return Error{Blame::self, false, 500, "make " + path + ": " + failed.message()};
  File folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder) return system_failure("open " + path);
  File lock{::openat(folder.fd(), "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock) return system_failure("open " + path + "/lock");
  if (::flock(lock.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure("lock " + path);
    return Error{Blame::self, false, 500,
                 "state folder " + path + " is in use by " + owner_of(lock.fd())};
  }
  // Only for the message above: a full disk must not keep the proxy from starting.
  std::ignore = ::ftruncate(lock.fd(), 0);
  std::ignore = write_all(lock.fd(), std::to_string(::getpid()) + "\n");
  return std::make_unique<FileStore>(
      std::make_unique<PosixFolder>(path, std::move(folder), std::move(lock)));
}

Result<> FileStore::save(const rollout::State& state) {
  // The same generation again, with other books: it takes the place of the one before, so that the
  // generation before that stays.
  const bool again = newest_ == state.generation;
  const bool to_a = newest_is_a_ == again;
  const char* target = to_a ? file_a : file_b;
  const std::string text = rollout::encode(state);
  if (text.size() > state_bytes_max) {
    return Error{Blame::self, false, 500, "the state is longer than 1 MiB"};
  }
  if (auto done = folder_->write(file_new, text); !done) return done;
  if (auto done = folder_->sync(file_new); !done) return done;
  if (auto done = folder_->rename(file_new, target); !done) return done;
  if (auto done = folder_->sync_folder(); !done) {
    // Refused means not saved: a restart must not find it. The other file is whole. Books may stay.
    if (!again) std::ignore = folder_->rename(target, file_new);
    return done;
  }
  newest_is_a_ = to_a;
  newest_ = state.generation;
  return {};
}

Result<Store::Loaded> FileStore::load() {
  Found a = look_at(*folder_, file_a);
  Found b = look_at(*folder_, file_b);
  for (const Found* found : {&a, &b}) {
    const bool only_hope = !a.state && !b.state;
    if (found->unread && only_hope) return Error{Blame::self, false, 500, found->wrong};
  }
  Loaded loaded;
  for (const auto& [found, file] : {std::pair{&a, file_a}, std::pair{&b, file_b}}) {
    if (found->wrong.empty()) continue;
    const std::string aside = std::string(file) + ".corrupt";
    add(loaded.note, std::string(file) + " cannot be used (" + found->wrong + ")");
    if (folder_->rename(file, aside)) loaded.note += ", set aside as " + aside;
  }
  newest_is_a_ = a.state && (!b.state || a.state->generation > b.state->generation);
  Found& newest = newest_is_a_ ? a : b;
  if (newest.state) newest_ = newest.state->generation;
  loaded.state = std::move(newest.state);
  if (loaded.note.empty()) return loaded;
  add(loaded.note, loaded.state
                       ? "going on from generation " + std::to_string(loaded.state->generation)
                       : "starting afresh");
  return loaded;
}

}  // namespace sy::director
