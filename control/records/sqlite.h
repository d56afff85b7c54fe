// As much of SQLite as the file ledger needs: one connection, statements with text and numbers.
// It knows no records.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/terms/failure.h"

namespace sy::control::records {

struct Value {                                                     // of a parameter or a column
  Value(std::int64_t value) : number{value}, is_text{false} {}     // NOLINT: as it is meant
  Value(std::string_view value) : text{value}, is_text{true} {}    // NOLINT
  Value(const std::string& value) : text{value}, is_text{true} {}  // NOLINT
  std::int64_t number = 0;
  std::string text;
  bool is_text;
};
using Row = std::vector<Value>;

class Database {
 public:
  // Opens what is there; creates nothing.
  [[nodiscard]] static Try<Database> open(const std::string& file);

  // All rows; texts longer than `text_bytes_max` of text.h are cut.
  [[nodiscard]] Try<std::vector<Row>> rows(const char* statement, const Row& parameters = {});
  [[nodiscard]] Try<> run(const char* statement, const Row& parameters = {});
  // The first column of the first row, as a number; 0: there is no row.
  [[nodiscard]] Try<std::int64_t> number(const char* statement, const Row& parameters = {});

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
  };
  using Connection = std::unique_ptr<sqlite3, Close>;
  Database(Connection connection, std::string file)
      : connection_{std::move(connection)}, file_{std::move(file)} {}
  [[nodiscard]] Failure failure(int code) const;
  Connection connection_;
  std::string file_;
};

// BEGIN IMMEDIATE; rolled back unless committed.
class Transaction {
 public:
  [[nodiscard]] static Try<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  [[nodiscard]] Try<> commit();

 private:
  explicit Transaction(Database& database) : database_{&database} {}
  Database* database_;  // null: it has ended
};

}  // namespace sy::control::records
