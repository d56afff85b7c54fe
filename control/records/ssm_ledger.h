// The ledger in SSM Parameter Store, which has no compare-and-swap: the right to write the record
// is a parameter of a name that is used once (docs/records.md). It knows no deploy; what it says to
// AWS goes through aws::Caller, and it waits through a Pace.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/aws/ssm.h"
#include "control/records/ledger.h"
#include "control/records/options.h"
#include "control/terms/pace.h"

namespace sy::control::records {

class SsmLedger final : public Ledger {
 public:
  // REQUIRES: `caller` and `pace` outlive this. `env` is for sentences.
  SsmLedger(aws::Caller& caller, const Options& options, std::string env, Pace& pace);

  [[nodiscard]] Try<Seen> read() override;
  [[nodiscard]] Try<Seen> read_for_import() override;
  [[nodiscard]] Try<Claim> acquire(const Seen& seen, Claim wanted) override;
  [[nodiscard]] Try<Claim> take_over(const Claim& held, Claim wanted) override;
  [[nodiscard]] Try<> note(const Claim& claim) override;
  [[nodiscard]] Try<> commit(const Claim& claim, const Record& next) override;
  [[nodiscard]] Try<std::vector<Record>> history(std::size_t most) override;
  [[nodiscard]] std::string where() const override;

 private:
  struct Stored {                    // the record, as it stands in SSM
    std::optional<Record> record{};  // none: no parameter, or foreign text while importing
    std::int64_t version = 0;        // of the parameter; 0: there is none
  };
  struct Put {
    std::string name;
    std::string value;
    bool overwrite = false;
  };

  [[nodiscard]] Try<Stored> stored();
  [[nodiscard]] Try<std::optional<Record>> newest_of_ours();
  [[nodiscard]] Try<std::optional<Claim>> claim_at(std::uint64_t epoch, int generation);
  [[nodiscard]] Try<std::optional<Claim>> open_claim(std::uint64_t epoch);
  [[nodiscard]] Try<std::uint64_t> newest_claim();  // 0: there is none
  // Whether what was read is older than what must be there; `looks` is how often it was read.
  [[nodiscard]] Try<bool> lags(const Stored& now, const std::optional<Claim>& claim, int looks);
  [[nodiscard]] Try<Seen> look();

  [[nodiscard]] Try<Claim> create(Claim wanted);
  [[nodiscard]] Try<bool> created(const Claim& wanted, const aws::Error& error);
  [[nodiscard]] Try<> still_before(const Claim& claim);
  [[nodiscard]] Try<> still_ours(const Claim& claim);
  [[nodiscard]] Try<Stored> before(const Claim& claim);
  [[nodiscard]] Try<> written(const Claim& claim, std::int64_t before, const Put& put);
  [[nodiscard]] Try<std::int64_t> newest_version();
  [[nodiscard]] std::string rightful(std::int64_t before, std::int64_t newest);
  [[nodiscard]] aws::Result<aws::SsmParameter> seen_at(std::int64_t version);
  [[nodiscard]] Try<> ours_at(const Claim& claim, std::int64_t version);
  void put_back(std::int64_t before, std::int64_t newest);
  void end(Claim claim);
  void sweep(std::uint64_t epoch);

  [[nodiscard]] aws::Result<std::int64_t> put_once(const Put& put);
  [[nodiscard]] aws::Result<std::int64_t> put_patiently(const Put& put);
  void await_visible(const std::string& name, std::int64_t version);

  [[nodiscard]] std::string record_name() const;
  [[nodiscard]] std::string claims_path() const;
  [[nodiscard]] std::string claim_name(std::uint64_t epoch, int generation) const;
  [[nodiscard]] Failure taken(const Claim& seen);
  [[nodiscard]] Failure moved_on() const;
  [[nodiscard]] Failure stale() const;
  [[nodiscard]] Failure conflict(std::int64_t version) const;
  [[nodiscard]] Failure interrupted() const;

  aws::Ssm ssm_;
  Options options_;
  std::string env_;
  Pace& pace_;
  bool over_foreign_ = false;     // read_for_import() was the last to read
  std::optional<Claim> noted_{};  // as note() wrote it last
};

}  // namespace sy::control::records
