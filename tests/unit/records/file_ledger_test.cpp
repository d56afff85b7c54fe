#include "control/records/file_ledger.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "control/records/import.h"
#include "support/records_world.h"

namespace sy::control::records {
namespace {

namespace fs = std::filesystem;

class AFileLedger : public ::testing::Test {
 protected:
  AFileLedger() {
    std::string name = (fs::temp_directory_path() / "sy-records-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    file = (folder / "made/here/staging.sqlite").string();
  }
  ~AFileLedger() override { fs::remove_all(folder); }

  FileLedger ledger() { return FileLedger{file, "staging", pace}; }

  static Record next_of(const Seen& seen, const std::string& version) {
    const Operation operation{version, wall_of(7, 0), "deploy", "succeeded", "me", {}};
    Record next = after(seen.record.value_or(Record{}), operation,
                        release_of(version, Color::green, 2), std::nullopt);
    next.env = "staging";
    return next;
  }

  void operate(FileLedger& used) {
    const Seen seen = used.read().value();
    const Claim claim = used.acquire(seen, claim_for("deploy")).value();
    ASSERT_TRUE(used.commit(claim, next_of(seen, "v20261123-abc1234")).has_value());
  }

  void write(const std::string& text) {
    fs::create_directories(fs::path{file}.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  std::string bytes() const {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }
  void sql(const char* statement) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, statement, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
  }

  // Reading, claiming: the same refusal, and not a byte changed.
  void refuses(const Failure& expected) {
    const std::string before = bytes();
    auto one = ledger();
    EXPECT_EQ(one.read().error(), expected);
    EXPECT_EQ(one.acquire({}, claim_for("deploy")).error(), expected);
    EXPECT_EQ(one.history(3).error(), expected);
    EXPECT_EQ(bytes(), before);
  }

  fs::path folder;
  std::string file;
  ManualPace pace;
};

TEST_F(AFileLedger, MakesNothingByReading) {
  auto one = ledger();
  EXPECT_FALSE(one.read()->record || one.read()->claim);
  EXPECT_TRUE(one.history(10)->empty());
  EXPECT_FALSE(fs::exists(folder / "made"));
}

TEST_F(AFileLedger, GivesBackWhatWasCommitted) {
  auto one = ledger();
  const Claim claim = one.acquire(one.read().value(), claim_for("deploy")).value();
  auto other = ledger();
  EXPECT_EQ(other.read()->claim, claim);
  Record next = next_of({}, "v20261123-abc1234");
  ASSERT_TRUE(one.commit(claim, next).has_value());
  ASSERT_TRUE(one.commit(claim, next).has_value());
  next.nonce = claim.nonce;
  EXPECT_EQ(other.read()->record, next);
  EXPECT_FALSE(other.read()->claim);
  EXPECT_EQ(other.history(10).value(), std::vector<Record>{next});
}

TEST_F(AFileLedger, IsForItsOwnerAloneAndOneFileAtRest) {
  auto one = ledger();
  operate(one);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator{fs::path{file}.parent_path()}, {}), 1);
}

TEST_F(AFileLedger, SaysWhoHoldsItAndWhoWasFaster) {
  auto one = ledger();
  auto other = ledger();
  const Seen seen = other.read().value();
  const Claim held = one.acquire(seen, claim_for("deploy")).value();
  EXPECT_EQ(other.acquire(seen, claim_for("rollback")).error(),
            locked_by(held, "staging", pace.wall()));
  EXPECT_EQ(other.acquire(other.read().value(), claim_for("rollback")).error(),
            locked_by(held, "staging", pace.wall()));
}

TEST_F(AFileLedger, TheHighestGenerationOwnsTheEpoch) {
  auto one = ledger();
  auto other = ledger();
  const Claim first = one.acquire({}, claim_for("deploy")).value();
  const Claim second = other.take_over(first, claim_for("rollback")).value();
  EXPECT_EQ(second.generation, 2);
  EXPECT_EQ(one.note(first).error(), locked_by(second, "staging", pace.wall()));
  EXPECT_EQ(one.commit(first, next_of({}, "v1")).error(),
            locked_by(second, "staging", pace.wall()));
  EXPECT_EQ(one.take_over(first, claim_for("deploy")).error(),
            locked_by(second, "staging", pace.wall()));
  ASSERT_TRUE(other.commit(second, next_of({}, "v1")).has_value());
  EXPECT_EQ(other.note(second).error(),
            (Failure{ExitCode::refused, file + " was changed meanwhile by somebody else",
                     "See what is there now, then decide: switchctl status staging"}));
}

TEST_F(AFileLedger, NotesPhaseAndJournal) {
  auto one = ledger();
  Claim claim = one.acquire({}, claim_for("deploy")).value();
  claim.phase = "rollout";
  claim.journal = R"({"done":["start"]})";
  ASSERT_TRUE(one.note(claim).has_value());
  EXPECT_EQ(ledger().read()->claim, claim);
}

TEST_F(AFileLedger, KeepsAThousandRecordsAndSweepsOldClaims) {
  auto one = ledger();
  for (int i = 0; i < 40; ++i) operate(one);
  pace.pass(std::chrono::hours{25});
  operate(one);
  EXPECT_EQ(one.history(100)->size(), 41U);
  EXPECT_EQ(one.history(3)->front().epoch, 41U);
  auto database = Database::open(file).value();
  EXPECT_EQ(database.number("SELECT min(epoch) FROM claim").value(), 21);
}

TEST_F(AFileLedger, TakesAnEmptyFileForANewOne) {
  write("");
  auto one = ledger();
  EXPECT_FALSE(one.read()->record);
  operate(one);
  EXPECT_EQ(one.read()->record->epoch, 1U);
}

TEST_F(AFileLedger, RefusesAFileThatIsNoDatabase) {
  write("version: v20240101-abc1234\n" + std::string(5'000, 'x'));
  refuses({ExitCode::refused, file + " is not a record of switchctl",
           "Name another file as record.file, or move this one away; nothing was changed."});
}

TEST_F(AFileLedger, RefusesTheDatabaseOfAnotherProgram) {
  write("");
  sql("CREATE TABLE record (epoch INTEGER)");
  refuses({ExitCode::refused, file + " is not a record of switchctl",
           "Name another file as record.file, or move this one away; nothing was changed."});
}

TEST_F(AFileLedger, RefusesANewerLayout) {
  auto one = ledger();
  operate(one);
  sql("PRAGMA user_version = 2");
  refuses({ExitCode::refused, file + " has a layout that this switchctl does not know (it knows 1)",
           "Use the switchctl that wrote it, or a newer one; nothing was changed."});
}

TEST_F(AFileLedger, RefusesADamagedFile) {
  auto one = ledger();
  for (int i = 0; i < 30; ++i) operate(one);
  std::string text = bytes();
  for (std::size_t at = 4'096; at < text.size(); at += 7) text[at] = 'Z';
  write(text);
  refuses({ExitCode::refused, file + " is damaged",
           "Restore it from a copy, or move it away to begin anew; nothing was changed."});
}

TEST_F(AFileLedger, ComesThroughDamageOfAnyByteWithoutHarm) {
  auto one = ledger();
  for (int i = 0; i < 3; ++i) operate(one);
  const std::string sound = bytes();
  for (std::size_t at = 0; at < sound.size(); at += 61) {
    std::string text = sound;
    text[at] = static_cast<char>(~text[at]);
    write(text);
    auto damaged = ledger();
    std::ignore = damaged.read();
    std::ignore = damaged.history(10);
  }
}

TEST_F(AFileLedger, RefusesAFolder) {
  fs::create_directories(file);
  EXPECT_EQ(ledger().read().error(),
            (Failure{ExitCode::refused, file + " is not a file", "Name another as record.file."}));
}

TEST_F(AFileLedger, SaysWhatItCannotMake) {
  file = "/proc/nowhere/staging.sqlite";
  EXPECT_EQ(ledger().acquire({}, claim_for("deploy")).error(),
            (Failure{ExitCode::failed, "cannot make /proc/nowhere: No such file or directory",
                     "Make the folder, or name another file as record.file."}));
}

TEST_F(AFileLedger, ShowsNothingOfARowThatIsNotItsOwn) {
  auto one = ledger();
  operate(one);
  sql("UPDATE record SET text = 'hunter2'");
  EXPECT_EQ(ledger().read().error().what,
            file + ": what stands in place of the record was not written by switchctl");
}

TEST_F(AFileLedger, ImportsWhatRunsAlready) {
  auto one = ledger();
  Import wanted;
  wanted.env = "staging";
  wanted.current = release_of("v20261123-abc1234", Color::blue, 2);
  const auto record = import_record(one, wanted, pace.wall(), [](std::int64_t) { return true; });
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(one.read()->record, *record);
}

}  // namespace
}  // namespace sy::control::records
