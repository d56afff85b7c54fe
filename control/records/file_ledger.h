// The ledger in a SQLite file, for versions that run on one machine: the same epochs, claims and
// nonces as in SSM, each act one transaction. Killed at any point it leaves the file as it was
// before or after that act.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/records/ledger.h"
#include "control/records/sqlite.h"
#include "control/terms/pace.h"

namespace sy::control::records {

class FileLedger final : public Ledger {
 public:
  // REQUIRES: `pace` outlives this. The file is made by the first acquire(), with mode 0600 and the
  // folder it is in; reading makes nothing. `env` is for sentences.
  FileLedger(std::string file, std::string env, Pace& pace);

  [[nodiscard]] Try<Seen> read() override;
  // A file that is not ours is never written over: the same as read().
  [[nodiscard]] Try<Seen> read_for_import() override { return read(); }
  [[nodiscard]] Try<Claim> acquire(const Seen& seen, Claim wanted) override;
  [[nodiscard]] Try<Claim> take_over(const Claim& held, Claim wanted) override;
  [[nodiscard]] Try<> note(const Claim& claim) override;
  [[nodiscard]] Try<> commit(const Claim& claim, const Record& next) override;
  [[nodiscard]] Try<std::vector<Record>> history(std::size_t most) override;
  [[nodiscard]] std::string where() const override { return file_; }

 private:
  [[nodiscard]] Try<bool> open();  // false: there is no file yet, or an empty one
  [[nodiscard]] Try<bool> opened();
  [[nodiscard]] Try<bool> is_blank();
  [[nodiscard]] Try<> check();
  [[nodiscard]] Try<> make();
  [[nodiscard]] Try<std::optional<Record>> newest();
  [[nodiscard]] Try<std::optional<Claim>> open_claim(std::uint64_t epoch);
  [[nodiscard]] Try<Claim> claim(Claim wanted);
  // Fails unless this claim holds its epoch, and the epoch has not ended.
  [[nodiscard]] Try<> holds(const Claim& claim);
  [[nodiscard]] Try<> write(const Claim& claim);
  [[nodiscard]] Try<> sweep(std::uint64_t epoch);
  [[nodiscard]] Failure moved_on() const;

  std::string file_;
  std::string env_;
  Pace& pace_;
  std::optional<Database> database_{};
  bool checked_ = false;  // that the file is ours and sound
};

}  // namespace sy::control::records
