// Processes on one SQLite ledger that are killed: at every write, sync, truncation and removal in
// turn, and many at once by seed. The file is sound afterwards, nobody wins an epoch twice, and
// what a commit said is there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <set>

#include "control/records/file_ledger.h"
#include "control/records/takeover.h"
#include "support/records_world.h"

namespace sy::control::records {
namespace {

namespace fs = std::filesystem;

// The system's files, but the process is killed before the operation that brings this to nothing.
int operations_left = -1;  // negative: it lives
sqlite3_vfs* plain = nullptr;

void step() {
  if (operations_left < 0) return;
  if (operations_left-- == 0) ::kill(::getpid(), SIGKILL);
}

struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }

int close_file(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read_file(sqlite3_file* f, void* into, int bytes, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), into, bytes, at);
}
int write_file(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
  step();
  return real(f)->pMethods->xWrite(real(f), from, bytes, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  step();
  return real(f)->pMethods->xTruncate(real(f), size);
}
int sync_file(sqlite3_file* f, int flags) {
  step();
  return real(f)->pMethods->xSync(real(f), flags);
}
int size_of_file(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
int lock_file(sqlite3_file* f, int kind) {
  step();
  return real(f)->pMethods->xLock(real(f), kind);
}
int unlock_file(sqlite3_file* f, int kind) {
  step();
  return real(f)->pMethods->xUnlock(real(f), kind);
}
int check_lock(sqlite3_file* f, int* held) {
  return real(f)->pMethods->xCheckReservedLock(real(f), held);
}
int control_file(sqlite3_file* f, int op, void* argument) {
  return real(f)->pMethods->xFileControl(real(f), op, argument);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  static sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = size_of_file;
  methods.xLock = lock_file;
  methods.xUnlock = unlock_file;
  methods.xCheckReservedLock = check_lock;
  methods.xFileControl = control_file;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = characteristics;
  const int code = plain->xOpen(plain, name, real(f), flags, out);
  f->pMethods = code == SQLITE_OK ? &methods : nullptr;
  return code;
}
int remove_file(sqlite3_vfs*, const char* name, int sync) {
  step();
  return plain->xDelete(plain, name, sync);
}

void make_mortal(int operations) {
  static sqlite3_vfs mortal{};
  plain = sqlite3_vfs_find(nullptr);
  mortal = *plain;
  mortal.zName = "mortal";
  mortal.szOsFile = plain->szOsFile + static_cast<int>(sizeof(File));
  mortal.xOpen = open_file;
  mortal.xDelete = remove_file;
  sqlite3_vfs_register(&mortal, 1);
  operations_left = operations;
}

Record next_of(const Seen& seen, std::uint64_t epoch, WallTime now) {
  const Operation operation{"v20261123-abc1234", now, "deploy", "succeeded", "me", {}};
  Record next = after(seen.record.value_or(Record{}), operation,
                      release_of("v20261123-abc1234", Color::green, 2), std::nullopt);
  next.epoch = epoch;
  return next;
}

bool runs(std::int64_t pid) { return ::kill(static_cast<pid_t>(pid), 0) == 0; }

// One operation; says the epoch it has won on `told`. 0: it was not its turn.
std::uint64_t operate(const std::string& file, int told) {
  ManualPace pace;
  FileLedger ledger{file, "local", pace};
  const auto seen = ledger.read();
  if (!seen) return 0;
  Claim wanted = claim_for("deploy");
  wanted.pid = ::getpid();
  if (seen->claim &&
      takeover(*seen->claim, {wanted.host, wanted.pid, ""}, pace.wall(), runs) == Takeover::locked)
    return 0;
  const auto claim =
      seen->claim ? ledger.take_over(*seen->claim, wanted) : ledger.acquire(*seen, wanted);
  if (!claim) return 0;
  Claim held = *claim;
  held.phase = "rollout";
  if (!ledger.note(held)) return 0;
  if (!ledger.commit(held, next_of(*seen, held.epoch, pace.wall()))) return 0;
  const std::uint64_t epoch = held.epoch;
  std::ignore = ::write(told, &epoch, sizeof epoch);
  return epoch;
}

class KilledWorkers : public ::testing::Test {
 protected:
  KilledWorkers() {
    std::string name = (fs::temp_directory_path() / "sy-killed-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    file = (folder / "local.sqlite").string();
    EXPECT_EQ(::pipe(told), 0);
  }
  ~KilledWorkers() override {
    ::close(told[0]);
    if (told[1] >= 0) ::close(told[1]);
    fs::remove_all(folder);
  }

  pid_t begin(int operations, int rounds) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    make_mortal(operations);
    for (int i = 0; i < rounds; ++i) std::ignore = operate(file, told[1]);
    ::_exit(0);
  }
  // True when it was killed.
  static bool end(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
  }

  // Closes the pipe, and compares what was said with what is there.
  void expect_sound(std::uint64_t records_min) {
    ::close(std::exchange(told[1], -1));
    std::set<std::uint64_t> won;
    for (std::uint64_t epoch = 0; ::read(told[0], &epoch, sizeof epoch) == sizeof epoch;)
      EXPECT_TRUE(won.insert(epoch).second) << "two winners of epoch " << epoch;
    ManualPace pace;
    FileLedger ledger{file, "local", pace};
    const auto records = ledger.history(1'000);
    ASSERT_TRUE(records.has_value()) << records.error().what;
    std::set<std::uint64_t> there;
    for (const Record& record : *records) there.insert(record.epoch);
    EXPECT_EQ(there.size(), records->size());
    if (!there.empty()) {
      EXPECT_EQ(*there.begin(), 1U);
      EXPECT_EQ(*there.rbegin(), there.size()) << "a gap";
    }
    for (const std::uint64_t epoch : won) EXPECT_TRUE(there.contains(epoch)) << epoch;
    EXPECT_GE(there.size(), records_min);
  }

  fs::path folder;
  std::string file;
  int told[2] = {-1, -1};
};

TEST_F(KilledWorkers, LeaveASoundFileWhereverTheyAreKilled) {
  int kills = 0;
  for (int operations = 0;; ++operations) {
    const bool killed = end(begin(operations, 1));
    kills += killed;
    ManualPace pace;
    FileLedger ledger{file, "local", pace};
    const auto seen = ledger.read();
    ASSERT_TRUE(seen.has_value()) << operations << ": " << seen.error().what;
    if (!killed) break;
    ASSERT_LT(operations, 1'000);
  }
  EXPECT_GT(kills, 40);
  expect_sound(1);
}

TEST_F(KilledWorkers, OfTheFirstUseLeaveAFileThatCanBeUsed) {
  for (int operations = 0; operations < 40; ++operations) {
    fs::remove(file);
    fs::remove(file + "-journal");
    end(begin(operations, 1));
    ASSERT_FALSE(end(begin(-1, 1)));
    ManualPace pace;
    FileLedger ledger{file, "local", pace};
    const auto seen = ledger.read();
    ASSERT_TRUE(seen.has_value() && seen->record) << operations;
  }
}

TEST_F(KilledWorkers, NeverWinAnEpochTwice) {
  std::mt19937 random{20261123};
  for (int round = 0; round < 12; ++round) {
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
      const int operations = random() % 4 == 0 ? -1 : static_cast<int>(random() % 400);
      children.push_back(begin(operations, 4));
    }
    for (const pid_t child : children) end(child);
  }
  ASSERT_FALSE(end(begin(-1, 1)));
  expect_sound(20);
}

}  // namespace
}  // namespace sy::control::records
