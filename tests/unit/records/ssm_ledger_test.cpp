#include "control/records/ssm_ledger.h"

#include <gtest/gtest.h>

#include "control/records/claim_text.h"
#include "control/records/takeover.h"
#include "support/records_world.h"
#include "support/scripted_ssm.h"

namespace sy::control::records {
namespace {

using Fate = aws::ScriptedSsm::Fate;

const std::string record_name = "/pms/staging/deployment-metadata";
const std::string claims = "/pms/staging/deploy-claims/";

class ASsmLedger : public ::testing::Test {
 protected:
  ASsmLedger() {
    ssm.now = [this] { return pace.wall(); };
  }

  // Fates of the calls of one operation in their order; then fine.
  void script(const std::string& operation, std::vector<Fate> fates) {
    ssm.fate = [operation, fates, at = std::size_t{0}](std::string_view called,
                                                       const std::string&) mutable {
      if (called != operation || at == fates.size()) return Fate::fine;
      return fates[at++];
    };
  }

  // A whole operation by a ledger of its own.
  Record operate(const std::string& version) {
    SsmLedger other{caller, options, "staging", pace};
    const Seen seen = other.read().value();
    const Claim claim = other.acquire(seen, claim_for("deploy", pace.wall())).value();
    const Record next = next_of(seen, version);
    EXPECT_TRUE(other.commit(claim, next).has_value());
    return next;
  }

  static Record next_of(const Seen& seen, const std::string& version) {
    const Operation operation{version, wall_of(7, 0), "deploy", "succeeded", "me", {}};
    Record next = after(seen.record.value_or(Record{}), operation,
                        release_of(version, Color::green, 2), std::nullopt);
    next.env = "staging";
    return next;
  }

  Claim acquired() {
    return ledger.acquire(ledger.read().value(), claim_for("deploy", pace.wall())).value();
  }

  ManualPace pace;
  aws::ScriptedSsm ssm;
  aws::ScriptedCaller caller{ssm};
  Options options{.path = "/pms/staging"};
  SsmLedger ledger{caller, options, "staging", pace};
};

TEST_F(ASsmLedger, BeginsWithNothing) {
  const auto seen = ledger.read();
  ASSERT_TRUE(seen.has_value());
  EXPECT_FALSE(seen->record || seen->claim);
  EXPECT_EQ(ledger.where(), "SSM /pms/staging/deployment-metadata");
  EXPECT_TRUE(ledger.history(10)->empty());
  EXPECT_EQ(ssm.calls["PutParameter"], 0);
}

TEST_F(ASsmLedger, GivesBackWhatWasCommitted) {
  const Claim claim = acquired();
  EXPECT_EQ(claim.epoch, 1U);
  EXPECT_EQ(claim.nonce.size(), 32U);
  EXPECT_EQ(ledger.read()->claim, claim);
  Record next = next_of({}, "v20261123-abc1234");
  ASSERT_TRUE(ledger.commit(claim, next).has_value());
  next.nonce = claim.nonce;
  const auto seen = ledger.read();
  EXPECT_EQ(seen->record, next);
  EXPECT_FALSE(seen->claim);
  EXPECT_EQ(ssm.types[record_name], "String");
  EXPECT_EQ(ssm.calls["PutParameter"], 3);  // claim, record, the claim's end
}

TEST_F(ASsmLedger, UsesTheNextEpochAtOnceAndNumbersVersionsWithoutAGap) {
  for (int i = 1; i <= 30; ++i) operate("v20261123-abc1234");
  EXPECT_EQ(ledger.read()->record->epoch, 30U);
  EXPECT_EQ(ssm.parameters[record_name].size(), 30U);
  const auto past = ledger.history(5).value();
  ASSERT_EQ(past.size(), 5U);
  EXPECT_EQ(past.front().epoch, 30U);
  EXPECT_EQ(past.back().epoch, 26U);
}

TEST_F(ASsmLedger, SaysWhoHoldsIt) {
  const Claim held = acquired();
  SsmLedger other{caller, options, "staging", pace};
  const Seen seen = other.read().value();
  EXPECT_EQ(seen.claim, held);
  const auto refused = other.acquire(seen, claim_for("rollback"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error(), locked_by(held, "staging", pace.wall()));
  EXPECT_EQ(refused.error().code, ExitCode::locked);
}

TEST_F(ASsmLedger, SaysWhoWasFasterSinceItLooked) {
  SsmLedger other{caller, options, "staging", pace};
  const Seen seen = other.read().value();
  const Claim held = acquired();
  EXPECT_EQ(other.acquire(seen, claim_for("rollback")).error(),
            locked_by(held, "staging", pace.wall()));
}

TEST_F(ASsmLedger, KnowsItsOwnClaimByTheNonceWhenTheAnswerWasLost) {
  for (const Fate fate : {Fate::lost_after, Fate::retried}) {
    script("PutParameter", {fate});
    const auto claim = ledger.acquire(ledger.read().value(), claim_for("deploy"));
    ASSERT_TRUE(claim.has_value());
    EXPECT_EQ(ssm.calls["PutParameter"], 1);
    ssm.parameters.clear();
    ssm.calls.clear();
  }
}

TEST_F(ASsmLedger, TriesAgainWhatWasNotDone) {
  script("PutParameter", {Fate::throttled, Fate::lost_before, Fate::busy});
  EXPECT_EQ(acquired().epoch, 1U);
  EXPECT_EQ(ssm.calls["PutParameter"], 4);
  script("PutParameter", {Fate::throttled, Fate::busy, Fate::lost_after});
  ASSERT_TRUE(ledger.commit(*ledger.read()->claim, next_of({}, "v1")).has_value());
  EXPECT_EQ(ssm.parameters[record_name].size(), 1U);
}

TEST_F(ASsmLedger, GivesUpOnASsmThatStaysBusyAndSaysSo) {
  ssm.fate = [](std::string_view operation, const std::string&) {
    return operation == "PutParameter" ? Fate::throttled : Fate::fine;
  };
  const auto claim = ledger.acquire({}, claim_for("deploy"));
  ASSERT_FALSE(claim.has_value());
  EXPECT_EQ(claim.error(), (Failure{ExitCode::failed,
                                    "cannot claim SSM /pms/staging/deploy-claims/1: Rate exceeded "
                                    "(ThrottlingException, request r-1)",
                                    "Try again."}));
}

TEST_F(ASsmLedger, NamesTheActionThatIsDenied) {
  ssm.fate = [](std::string_view operation, const std::string&) {
    return operation == "PutParameter" ? Fate::denied : Fate::fine;
  };
  const auto claim = ledger.acquire({}, claim_for("deploy"));
  ASSERT_FALSE(claim.has_value());
  EXPECT_EQ(claim.error(),
            (Failure{ExitCode::forbidden,
                     "cannot claim SSM /pms/staging/deploy-claims/1: User: arn:aws:iam::1:user/x "
                     "is not authorized to perform: ssm:PutParameter on resource: "
                     "arn:aws:ssm:::parameter/p (AccessDeniedException, request r-3)",
                     "Allow ssm:PutParameter in a policy of this identity."}));
}

TEST_F(ASsmLedger, StopsWaitingWhenASignalComes) {
  script("PutParameter", {Fate::throttled});
  pace.interrupted = true;
  EXPECT_EQ(ledger.acquire({}, claim_for("deploy")).error(),
            (Failure{ExitCode::interrupted,
                     "interrupted while waiting for SSM /pms/staging/deployment-metadata",
                     "Give the same command again to carry on."}));
}

TEST_F(ASsmLedger, DoesNotTakeAStaleReadForANewEnvironment) {
  operate("v20261123-abc1234");
  int hidden = 0;
  ssm.unseen = [&](const std::string& name) -> std::size_t {
    return name == record_name && hidden-- > 0 ? 1 : 0;
  };
  for (hidden = 1; hidden >= 0; --hidden) EXPECT_EQ(ledger.read()->record->epoch, 1U);
  hidden = 6;
  EXPECT_EQ(ledger.read()->record->epoch, 1U);
  EXPECT_GE(pace.waits, 6);
}

TEST_F(ASsmLedger, SaysSoWhenTheRecordIsGoneButItsClaimsAreThere) {
  operate("v20261123-abc1234");
  operate("v20261123-abc1235");
  ssm.parameters.erase(record_name);
  const auto seen = ledger.read();
  ASSERT_FALSE(seen.has_value());
  EXPECT_EQ(seen.error(),
            (Failure{ExitCode::failed,
                     "SSM /pms/staging/deployment-metadata is older than the claims beside it, or "
                     "missing: SSM shows an old state, or somebody deleted or restored the "
                     "parameter",
                     "Try again in a minute; if it stays so, put the newest version of it back."}));
}

TEST_F(ASsmLedger, SeesTheFirstClaimOfANewEnvironment) {
  const Claim held = acquired();
  const auto seen = ledger.read();
  EXPECT_FALSE(seen->record);
  EXPECT_EQ(seen->claim, held);
}

TEST_F(ASsmLedger, WaitsForAClaimThatIsThereButNotSeenYet) {
  SsmLedger other{caller, options, "staging", pace};
  const Claim held = acquired();
  int hidden = 5;
  ssm.unseen = [&](const std::string&) -> std::size_t { return hidden-- > 0 ? 1 : 0; };
  EXPECT_EQ(other.acquire({}, claim_for("rollback")).error(),
            locked_by(held, "staging", pace.wall()));
}

TEST_F(ASsmLedger, DoesNotClaimAnEpochThatHasEnded) {
  const Seen old = ledger.read().value();
  operate("v20261123-abc1234");
  EXPECT_EQ(ledger.acquire(old, claim_for("deploy")).error(),
            (Failure{ExitCode::refused,
                     "SSM /pms/staging/deployment-metadata was changed meanwhile by somebody else",
                     "See what is there now, then decide: switchctl status staging"}));
  // Not even when its claim is gone.
  ssm.parameters.erase(claims + "1");
  EXPECT_EQ(ledger.acquire(old, claim_for("deploy")).error().code, ExitCode::refused);
}

TEST_F(ASsmLedger, NotesPhaseAndJournal) {
  Claim claim = acquired();
  claim.phase = "rollout";
  claim.journal = R"({"done":["start"]})";
  claim.heartbeat += std::chrono::seconds{5};
  ASSERT_TRUE(ledger.note(claim).has_value());
  EXPECT_EQ(ledger.read()->claim, claim);
}

TEST_F(ASsmLedger, SavesPutsWhenOnlyTheHeartbeatIsNew) {
  Claim claim = acquired();
  ASSERT_TRUE(ledger.note(claim).has_value());
  const int puts = ssm.calls["PutParameter"];
  claim.heartbeat += std::chrono::seconds{19};
  ASSERT_TRUE(ledger.note(claim).has_value());
  EXPECT_EQ(ssm.calls["PutParameter"], puts);
  claim.heartbeat += std::chrono::seconds{1};
  ASSERT_TRUE(ledger.note(claim).has_value());
  EXPECT_EQ(ssm.calls["PutParameter"], puts + 1);
}

TEST_F(ASsmLedger, TheHighestGenerationOwnsTheEpoch) {
  const Claim first = acquired();
  SsmLedger other{caller, options, "staging", pace};
  const Claim second = other.take_over(first, claim_for("rollback")).value();
  EXPECT_EQ(second.generation, 2);
  EXPECT_EQ(second.epoch, first.epoch);
  EXPECT_EQ(ledger.read()->claim, second);
  EXPECT_EQ(ledger.note(first).error(), locked_by(second, "staging", pace.wall()));
  EXPECT_EQ(ledger.commit(first, next_of({}, "v1")).error(),
            locked_by(second, "staging", pace.wall()));
  EXPECT_EQ(ssm.parameters.count(record_name), 0U);
  const Claim third = ledger.take_over(second, claim_for("deploy")).value();
  EXPECT_EQ(third.generation, 3);
  EXPECT_EQ(other.take_over(first, claim_for("rollback")).error(),
            locked_by(third, "staging", pace.wall()));
  ASSERT_TRUE(ledger.commit(third, next_of({}, "v1")).has_value());
  EXPECT_TRUE(ssm.parameters.contains(claims + "1.t3"));
}

TEST_F(ASsmLedger, KnowsItsOwnRecordByTheNonceWhenTheAnswerWasLost) {
  for (const Fate fate : {Fate::lost_after, Fate::retried}) {
    const Seen seen = ledger.read().value();
    const Claim claim = ledger.acquire(seen, claim_for("deploy")).value();
    script("PutParameter", {fate});
    ASSERT_TRUE(ledger.commit(claim, next_of(seen, "v20261123-abc1234")).has_value());
  }
  EXPECT_EQ(ledger.read()->record->epoch, 2U);
  // The second is there twice, and told once.
  EXPECT_EQ(ssm.parameters[record_name].size(), 3U);
  EXPECT_EQ(ledger.history(10)->size(), 2U);
}

TEST_F(ASsmLedger, CommitsTwiceLikeOnce) {
  const Claim claim = acquired();
  const Record next = next_of({}, "v20261123-abc1234");
  ASSERT_TRUE(ledger.commit(claim, next).has_value());
  ASSERT_TRUE(ledger.commit(claim, next).has_value());
  EXPECT_EQ(ssm.parameters[record_name].size(), 1U);
}

TEST_F(ASsmLedger, SaysLoudlyWhenSomebodyElseWroteTheRecord) {
  operate("v20261123-abc1234");
  const Seen seen = ledger.read().value();
  const Claim claim = ledger.acquire(seen, claim_for("deploy")).value();
  // Between our last look and our write.
  bool once = true;
  ssm.fate = [&](std::string_view operation, const std::string& name) {
    if (operation == "PutParameter" && name == record_name && std::exchange(once, false))
      ssm.seed(record_name, encode(next_of(seen, "v20261123-abc9999")).value());
    return Fate::fine;
  };
  EXPECT_EQ(ledger.commit(claim, next_of(seen, "v20261123-abc1235")).error(),
            (Failure{ExitCode::refused,
                     "CONFLICT: somebody else wrote version 2 of SSM "
                     "/pms/staging/deployment-metadata while this operation ran",
                     "Stop other deploys of this environment, then compare what runs with what is "
                     "recorded: switchctl verify staging"}));
}

TEST_F(ASsmLedger, PutsBackWhatItWroteOver) {
  operate("v20261123-abc1234");
  const Seen seen = ledger.read().value();
  const Claim claim = ledger.acquire(seen, claim_for("deploy")).value();
  // It is held up just before its write, taken over, and two others get on.
  bool once = true;
  ssm.fate = [&](std::string_view operation, const std::string& name) {
    if (operation != "PutParameter" || name != record_name || !std::exchange(once, false))
      return Fate::fine;
    SsmLedger other{caller, options, "staging", pace};
    const Claim taken = other.take_over(claim, claim_for("rollback")).value();
    EXPECT_TRUE(other.commit(taken, next_of(seen, "v20261123-abc1235")).has_value());
    operate("v20261123-abc1236");
    return Fate::fine;
  };
  const auto done = ledger.commit(claim, next_of(seen, "v20261123-abc9999"));
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(done.error().what.starts_with("CONFLICT")) << done.error().what;
  EXPECT_EQ(ledger.read()->record->current->version, "v20261123-abc1236");
  const auto past = ledger.history(10).value();
  ASSERT_EQ(past.size(), 3U);
  EXPECT_EQ(past[0].epoch, 3U);
  EXPECT_EQ(past[1].current->version, "v20261123-abc1235");
}

TEST_F(ASsmLedger, DoesNotWriteOverARecordThatMovedOn) {
  const Claim claim = acquired();
  ssm.seed(record_name, encode(next_of({}, "v20261123-abc9999")).value());
  const auto done = ledger.commit(claim, next_of({}, "v20261123-abc1235"));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ExitCode::refused);
  EXPECT_EQ(ssm.parameters[record_name].size(), 1U);
}

TEST_F(ASsmLedger, RefusesForeignTextAndWritesNothing) {
  ssm.seed(record_name, R"({"version":"v20240101-abc1234","secret":"hunter2"})");
  const auto seen = ledger.read();
  ASSERT_FALSE(seen.has_value());
  EXPECT_EQ(seen.error(),
            (Failure{ExitCode::refused,
                     "SSM /pms/staging/deployment-metadata: what stands in place of the record was "
                     "not written by switchctl",
                     "To begin a record here, which keeps that text only in the store's own "
                     "history: switchctl versions staging --import"}));
  EXPECT_EQ(ssm.calls["PutParameter"], 0);
}

TEST_F(ASsmLedger, SealsWithTheKeyThatIsNamed) {
  options.kms_key_id = "alias/pms";
  SsmLedger sealed{caller, options, "staging", pace};
  const Claim claim = sealed.acquire({}, claim_for("deploy")).value();
  ASSERT_TRUE(sealed.note(claim).has_value());
  ASSERT_TRUE(sealed.commit(claim, next_of({}, "v1")).has_value());
  EXPECT_EQ(ssm.types[record_name], "SecureString");
  EXPECT_EQ(ssm.types[claims + "1"], "SecureString");
  EXPECT_EQ(ssm.keys[record_name], "alias/pms");
  EXPECT_EQ(ssm.keys[claims + "1"], "alias/pms");
}

TEST_F(ASsmLedger, SweepsClaimsOfLongAgo) {
  for (int i = 1; i <= 25; ++i) operate("v20261123-abc1234");
  EXPECT_TRUE(ssm.parameters.contains(claims + "1"));
  pace.pass(std::chrono::hours{25});
  operate("v20261123-abc1234");
  for (int epoch = 1; epoch <= 26; ++epoch)
    EXPECT_EQ(ssm.parameters.contains(claims + std::to_string(epoch)), epoch >= 6) << epoch;
}

TEST_F(ASsmLedger, NeverShowsAValueInAnError) {
  Claim wanted = claim_for("deploy");
  wanted.reason = "hunter2";
  ssm.fate = [&](std::string_view operation, const std::string&) {
    return operation == "PutParameter" ? Fate::denied : Fate::fine;
  };
  EXPECT_EQ(ledger.acquire({}, wanted).error().what.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace sy::control::records
