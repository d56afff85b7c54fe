#include "control/records/file_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "control/records/claim_text.h"
#include "control/records/located.h"
#include "control/records/myself.h"
#include "control/records/takeover.h"

namespace sy::control::records {
namespace {

// In the file's header, so that no other program's file is taken for ours.
constexpr std::int64_t application = 0x53594c47;  // "SYLG"
constexpr std::int64_t layout = 1;
constexpr std::int64_t records_kept = 1'000;
constexpr std::int64_t epochs_kept = 20;
constexpr auto claims_kept = std::chrono::hours{24};

std::int64_t whole(std::uint64_t epoch) { return static_cast<std::int64_t>(epoch); }

std::int64_t milliseconds(WallTime at) { return at.time_since_epoch().count(); }

Failure cannot_make(const std::string& what, int error) {
  return {ExitCode::failed, "cannot make " + what + ": " + std::strerror(error),
          "Make the folder, or name another file as record.file."};
}

// Makes an empty file that only its owner reads, and the folder it is in.
Try<> make_file(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path{file}.parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return cannot_make(folder.string(), error.value());
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return cannot_make(file, errno);
  ::close(made);
  return {};
}

}  // namespace

FileLedger::FileLedger(std::string file, std::string env, Pace& pace)
    : file_{std::move(file)}, env_{std::move(env)}, pace_{pace} {}

Failure FileLedger::moved_on() const {
  return {ExitCode::refused, file_ + " was changed meanwhile by somebody else",
          "See what is there now, then decide: switchctl status " + env_};
}

Try<bool> FileLedger::open() {
  auto there = opened();
  if (!there) database_.reset();  // What turns out not to be ours is not kept open.
  return there;
}

Try<bool> FileLedger::opened() {
  if (!database_) {
    std::error_code error;
    const auto status = std::filesystem::status(file_, error);
    if (status.type() == std::filesystem::file_type::not_found) return false;
    if (error) return cannot_make(file_, error.value());
    if (status.type() != std::filesystem::file_type::regular)
      return Failure{ExitCode::refused, file_ + " is not a file", "Name another as record.file."};
    auto database = Database::open(file_);
    if (!database) return database.error();
    database_ = std::move(*database);
    // A rollback journal, synced with its folder: sound at any moment, and one file when at rest.
    const auto sync = database_->run("PRAGMA synchronous = EXTRA");
    if (!sync) return sync.error();
  }
  if (checked_) return true;
  const auto blank = is_blank();
  if (!blank) return blank.error();
  if (*blank) return false;
  const auto sound = check();
  if (!sound) return sound.error();
  checked_ = true;
  return true;
}

// An empty file, as a process leaves it that was killed before its first transaction had ended.
Try<bool> FileLedger::is_blank() {
  const auto tables = database_->number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const auto id = database_->number("PRAGMA application_id");
  if (!id) return id.error();
  return *tables == 0 && *id == 0;
}

// Refuses what another program made, another layout, and damage.
Try<> FileLedger::check() {
  const auto id = database_->number("PRAGMA application_id");
  if (!id) return id.error();
  if (*id != application) {
    return Failure{ExitCode::refused, file_ + " is not a record of switchctl",
                   "Name another file as record.file, or move this one away; nothing was changed."};
  }
  const auto version = database_->number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version != layout) {
    return Failure{ExitCode::refused,
                   file_ + " has a layout that this switchctl does not know (it knows 1)",
                   "Use the switchctl that wrote it, or a newer one; nothing was changed."};
  }
  const auto found = database_->rows("PRAGMA quick_check(1)");
  if (!found) return found.error();
  if (found->size() != 1 || found->front().front().text != "ok") {
    return Failure{ExitCode::refused, file_ + " is damaged",
                   "Restore it from a copy, or move it away to begin anew; nothing was changed."};
  }
  return {};
}

// Tables in a file that has none. REQUIRES: within a transaction.
Try<> FileLedger::make() {
  for (const char* statement :
       {"CREATE TABLE IF NOT EXISTS record (epoch INTEGER PRIMARY KEY, text TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS claim (epoch INTEGER NOT NULL, generation INTEGER NOT NULL,"
        " nonce TEXT NOT NULL, written INTEGER NOT NULL, text TEXT NOT NULL,"
        " PRIMARY KEY (epoch, generation)) WITHOUT ROWID",
        "PRAGMA application_id = 1398361159", "PRAGMA user_version = 1"}) {
    const auto done = database_->run(statement);
    if (!done) return done;
  }
  return {};
}

Try<std::optional<Record>> FileLedger::newest() {
  const auto found = database_->rows("SELECT text FROM record ORDER BY epoch DESC LIMIT 1");
  if (!found) return found.error();
  if (found->empty()) return std::optional<Record>{};
  auto record = decode(found->front().front().text);
  if (!record) return located(record.error(), file_, env_);
  return std::optional<Record>{std::move(*record)};
}

Try<std::optional<Claim>> FileLedger::open_claim(std::uint64_t epoch) {
  const auto found = database_->rows(
      "SELECT text FROM claim WHERE epoch = ? ORDER BY generation DESC LIMIT 1", {whole(epoch)});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Claim>{};
  auto claim = decode_claim(found->front().front().text);
  if (!claim) return located(claim.error(), file_, env_);
  return std::optional<Claim>{std::move(*claim)};
}

Try<Seen> FileLedger::read() {
  const auto there = open();
  if (!there) return there.error();
  if (!*there) return Seen{};
  // Both of one moment.
  const auto begun = database_->run("BEGIN");
  if (!begun) return begun.error();
  auto record = newest();
  auto claim = record ? open_claim((*record ? (*record)->epoch : 0) + 1)
                      : Try<std::optional<Claim>>{std::optional<Claim>{}};
  const auto ended = database_->run("ROLLBACK");
  if (!record) return record.error();
  if (!claim) return claim.error();
  if (!ended) return ended.error();
  return Seen{std::move(*record), std::move(*claim)};
}

Try<Claim> FileLedger::acquire(const Seen& seen, Claim wanted) {
  if (seen.claim) return locked_by(*seen.claim, env_, pace_.wall());
  wanted.epoch = (seen.record ? seen.record->epoch : 0) + 1;
  wanted.generation = 1;
  return claim(std::move(wanted));
}

Try<Claim> FileLedger::take_over(const Claim& held, Claim wanted) {
  wanted.epoch = held.epoch;
  wanted.generation = held.generation + 1;
  return claim(std::move(wanted));
}

Try<Claim> FileLedger::claim(Claim wanted) {
  if (wanted.nonce.empty()) wanted.nonce = fresh_nonce();
  auto there = open();
  if (!there) return there.error();
  if (!database_) {
    if (const auto made = make_file(file_); !made) return made.error();
    there = open();
    if (!there) return there.error();
  }
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (!*there) {
    if (const auto made = make(); !made) return made.error();
  }
  const auto record = newest();
  if (!record) return record.error();
  if ((*record ? (*record)->epoch : 0) + 1 != wanted.epoch) return moved_on();
  const auto holder = open_claim(wanted.epoch);
  if (!holder) return holder.error();
  const int highest = *holder ? (*holder)->generation : 0;
  if (highest + 1 != wanted.generation) {
    if (*holder) return locked_by(**holder, env_, pace_.wall());
    return moved_on();
  }
  if (const auto done = write(wanted); !done) return done.error();
  if (const auto done = transaction->commit(); !done) return done.error();
  return wanted;
}

Try<> FileLedger::write(const Claim& claim) {
  const auto text = encode_claim(claim);
  if (!text) return text.error();
  return database_->run(
      "INSERT OR REPLACE INTO claim (epoch, generation, nonce, written, text)"
      " VALUES (?, ?, ?, ?, ?)",
      {whole(claim.epoch), static_cast<std::int64_t>(claim.generation), claim.nonce,
       milliseconds(pace_.wall()), *text});
}

Try<> FileLedger::holds(const Claim& claim) {
  const auto record = newest();
  if (!record) return record.error();
  if ((*record ? (*record)->epoch : 0) + 1 != claim.epoch) return moved_on();
  const auto holder = open_claim(claim.epoch);
  if (!holder) return holder.error();
  if (!*holder) return moved_on();
  if ((*holder)->nonce != claim.nonce) return locked_by(**holder, env_, pace_.wall());
  return {};
}

Try<> FileLedger::note(const Claim& claim) {
  const auto there = open();
  if (!there) return there.error();
  if (!*there) return moved_on();
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (const auto ours = holds(claim); !ours) return ours;
  if (const auto done = write(claim); !done) return done;
  return transaction->commit();
}

Try<> FileLedger::commit(const Claim& claim, const Record& next) {
  SY_CHECK(next.epoch == claim.epoch);
  Record signed_record = next;
  signed_record.nonce = claim.nonce;
  const auto text = encode(signed_record);
  if (!text) return text.error();
  const auto there = open();
  if (!there) return there.error();
  if (!*there) return moved_on();
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  const auto record = newest();
  if (!record) return record.error();
  // Done already, when an earlier answer was not seen.
  if (*record && (*record)->epoch == claim.epoch && (*record)->nonce == claim.nonce) return {};
  if (const auto ours = holds(claim); !ours) return ours;
  const auto done =
      database_->run("INSERT INTO record (epoch, text) VALUES (?, ?)", {whole(next.epoch), *text});
  if (!done) return done;
  if (const auto swept = sweep(next.epoch); !swept) return swept;
  return transaction->commit();
}

Try<> FileLedger::sweep(std::uint64_t epoch) {
  const auto records =
      database_->run("DELETE FROM record WHERE epoch <= ?", {whole(epoch) - records_kept});
  if (!records) return records;
  return database_->run("DELETE FROM claim WHERE epoch < ? AND written < ?",
                        {whole(epoch) - epochs_kept, milliseconds(pace_.wall() - claims_kept)});
}

Try<std::vector<Record>> FileLedger::history(std::size_t most) {
  const auto there = open();
  if (!there) return there.error();
  std::vector<Record> records;
  if (!*there) return records;
  const auto found = database_->rows("SELECT text FROM record ORDER BY epoch DESC LIMIT ?",
                                     {static_cast<std::int64_t>(std::min<std::size_t>(
                                         most, static_cast<std::size_t>(records_kept)))});
  if (!found) return found.error();
  for (const Row& row : *found) {
    auto record = decode(row.front().text);
    if (!record) return located(record.error(), file_, env_);
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace sy::control::records
