// One change under a claim, for verbs that are one act: claimed before, recorded after, whatever
// came of it. Deploys and rollbacks have a journal of their own.
#pragma once
#include <optional>
#include <string>

#include "control/args.h"
#include "control/records/ledger.h"
#include "control/records/takeover.h"
#include "control/site.h"

namespace sy::control {

class Claiming {
 public:
  // Fails with `locked` when somebody is at work, with `refused` when a deploy or rollback stopped
  // half-way: that has to be carried on or taken back first.
  [[nodiscard]] static Try<Claiming> begin(Site& site, const Args& args, const std::string& op);

  [[nodiscard]] const std::optional<records::Release>& current() const { return current_; }
  // To be recorded as current; by default what was.
  void record(records::Release current) { current_ = std::move(current); }
  // What ran before that: by default what was.
  void record_previous(std::optional<records::Release> previous) {
    before_.previous = std::move(previous);
  }
  // Takes the open claim over as it is, whoever holds it, to end it.
  [[nodiscard]] static Try<Claiming> seize(Site& site, const Args& args, const records::Seen& seen);
  // Ends the claim: writes the record with this result.
  [[nodiscard]] Try<> end(const std::string& result, const std::string& reason);

 private:
  Claiming(Site& site, records::Ledger& ledger, records::Claim claim, records::Record before);

  Site& site_;
  records::Ledger& ledger_;
  records::Claim claim_;
  records::Record before_;
  std::optional<records::Release> current_;
};

// "arn:…", or user@host where the platform does not say.
[[nodiscard]] std::string owner_name(Site& site);
// A claim of this process, to be acquired.
[[nodiscard]] records::Claim new_claim(Site& site, const Args& args, const std::string& op);
// This process, as claims name it.
[[nodiscard]] records::Self self_of(Site& site);
// Whether the open claim may be taken over by this process.
[[nodiscard]] bool may_take_over(Site& site, const records::Claim& claim);
// It is one act without a journal: restart, scale, lock, import.
[[nodiscard]] bool is_one_act(const records::Claim& claim);
// What keeps this process from taking the open claim over, if anything.
[[nodiscard]] std::optional<Failure> in_the_way(Site& site, const records::Claim& held);

}  // namespace sy::control
