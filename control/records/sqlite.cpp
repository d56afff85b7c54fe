#include "control/records/sqlite.h"

#include <utility>

#include "control/records/text.h"

namespace sy::control::records {
namespace {

constexpr int busy_milliseconds = 10'000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

int bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (!value.is_text) return sqlite3_bind_int64(statement, place, value.number);
  return sqlite3_bind_text(statement, place, value.text.data(), static_cast<int>(value.text.size()),
                           SQLITE_TRANSIENT);
}

Value column(sqlite3_stmt* statement, int place) {
  if (sqlite3_column_type(statement, place) == SQLITE_INTEGER)
    return Value{static_cast<std::int64_t>(sqlite3_column_int64(statement, place))};
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, place));
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, place));
  return Value{text ? std::string_view{text, std::min(bytes, text_bytes_max)} : std::string_view{}};
}

}  // namespace

Failure Database::failure(int code) const {
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return {ExitCode::refused, file_ + " is not a record of switchctl",
              "Name another file as record.file, or move this one away; nothing was changed."};
    case SQLITE_CORRUPT:
      return {ExitCode::refused, file_ + " is damaged",
              "Restore it from a copy, or move it away to begin anew; nothing was changed."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ExitCode::failed, file_ + " is in use by another process for more than 10 seconds",
              "Try again when that has ended."};
    case SQLITE_FULL:
      return {ExitCode::failed, file_ + " cannot be written: the disk is full", "Make room."};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ExitCode::failed, file_ + " cannot be written by this user",
              "Give the file and its folder to the user that deploys."};
    default:
      return {ExitCode::failed,
              file_ + " cannot be used: " + sqlite3_errstr(code) + " (SQLite " +
                  std::to_string(code) + ")",
              "Look at the file and the disk it is on."};
  }
}

Try<Database> Database::open(const std::string& file) {
  sqlite3* connection = nullptr;
  // A URI would give a meaning to "?" in the name of a file.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
  Database database{Connection{connection}, file};
  if (code != SQLITE_OK) return database.failure(code);
  sqlite3_busy_timeout(connection, busy_milliseconds);
  return database;
}

Try<std::vector<Row>> Database::rows(const char* text, const Row& parameters) {
  sqlite3_stmt* made = nullptr;
  int code = sqlite3_prepare_v2(connection_.get(), text, -1, &made, nullptr);
  const Statement statement{made};
  for (std::size_t i = 0; code == SQLITE_OK && i < parameters.size(); ++i)
    code = bind(made, static_cast<int>(i) + 1, parameters[i]);
  if (code != SQLITE_OK) return failure(code);
  std::vector<Row> found;
  while ((code = sqlite3_step(made)) == SQLITE_ROW) {
    Row& row = found.emplace_back();
    for (int i = 0; i < sqlite3_column_count(made); ++i) row.push_back(column(made, i));
  }
  if (code != SQLITE_DONE) return failure(code);
  return found;
}

Try<> Database::run(const char* statement, const Row& parameters) {
  const auto done = rows(statement, parameters);
  if (!done) return done.error();
  return {};
}

Try<std::int64_t> Database::number(const char* statement, const Row& parameters) {
  const auto found = rows(statement, parameters);
  if (!found) return found.error();
  return found->empty() || found->front().empty() ? 0 : found->front().front().number;
}

Try<Transaction> Transaction::begin(Database& database) {
  const auto begun = database.run("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction{database};
}

Transaction::~Transaction() {
  // A transaction that an error has ended already cannot be rolled back once more.
  if (database_) std::ignore = database_->run("ROLLBACK");
}

Try<> Transaction::commit() {
  const auto done = database_->run("COMMIT");
  if (done) database_ = nullptr;
  return done;
}

}  // namespace sy::control::records
