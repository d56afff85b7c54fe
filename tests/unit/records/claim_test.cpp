#include <gtest/gtest.h>

#include "control/records/claim_text.h"
#include "control/records/ssm_names.h"
#include "control/records/takeover.h"
#include "control/records/text.h"
#include "support/records_world.h"

namespace sy::control::records {
namespace {

const std::string host = claim_for("deploy").host;
constexpr auto nobody = [](std::int64_t) { return false; };
constexpr auto everybody = [](std::int64_t) { return true; };

TEST(AClaim, IsTheSameAfterItWasStored) {
  Claim claim = claim_for("deploy");
  claim.epoch = 1235;
  claim.generation = 3;
  claim.nonce = "0123456789abcdef";
  claim.run = "8123456789/2";
  claim.reason = "hotfix for \"billing\"";
  claim.journal = R"({"done":["claim","start"],"note":"it's {{here}} \"quoted\""})";
  EXPECT_EQ(decode_claim(encode_claim(claim).value()).value(), claim);
  claim.expires.reset();
  claim.run.clear();
  EXPECT_EQ(decode_claim(encode_claim(claim).value()).value(), claim);
}

TEST(AClaim, IsAsciiWithoutDoubleBrackets) {
  Claim claim = claim_for("deploy");
  claim.journal = R"({"a":{"b":"{{x}}"}} ü)";
  const std::string text = encode_claim(claim).value();
  for (const char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_EQ(text.find("{{"), std::string::npos);
}

TEST(AClaim, HoldsAJournalOfTheLargestSizeWithEverythingElse) {
  Claim claim = claim_for("deploy");
  claim.nonce = std::string(32, 'n');
  claim.owner = std::string(300, 'o');
  claim.reason = std::string(300, 'r');
  claim.run = "8123456789/2";
  claim.journal = "[";
  while (claim.journal.size() < journal_bytes_max - 20) claim.journal += R"({"s":"start","n":12},)";
  claim.journal.resize(journal_bytes_max - 1);
  claim.journal += "]";
  const auto text = encode_claim(claim);
  ASSERT_TRUE(text.has_value());
  EXPECT_LE(text->size(), claim_bytes_max);
  EXPECT_EQ(decode_claim(*text)->journal, claim.journal);
}

TEST(AClaim, RefusesAJournalThatIsTooLarge) {
  Claim claim = claim_for("deploy");
  claim.journal = std::string(journal_bytes_max + 1, 'j');
  const auto text = encode_claim(claim);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().what,
            "the journal of this operation is larger than a claim can hold (2501 bytes)");
}

TEST(AForeignClaim, IsRefusedInWords) {
  for (const char* text : {"", "{}", "locked", R"({"owner":"me"})", R"({"schema":"x"})"}) {
    const auto claim = decode_claim(text);
    ASSERT_FALSE(claim.has_value()) << text;
    EXPECT_EQ(claim.error().what, "an open claim cannot be read: switchctl did not write it");
  }
  EXPECT_EQ(decode_claim(R"({"schema":2})").error().what,
            "an open claim cannot be read: it has a schema that this switchctl does not know");
  EXPECT_EQ(decode_claim(R"({"schema":1,"epoch":1,"hb":"soon"})").error().what,
            "an open claim cannot be read: \"hb\" in it makes no sense");
}

TEST(ANameOfAClaim, SaysEpochAndGeneration) {
  EXPECT_EQ(parse_claim_name("/pms/staging/deploy-claims/1234"), (ClaimName{1234, 1}));
  EXPECT_EQ(parse_claim_name("/pms/staging/deploy-claims/1234.t2"), (ClaimName{1234, 2}));
  for (const char* name : {"", "/", "/a/b", "/a/12x", "/a/12.t1", "/a/12.t", "/a/12.t2x", "/a/-1",
                           "/a/99999999999999999999999"})
    EXPECT_EQ(parse_claim_name(name), std::nullopt) << name;
}

TEST(Time, IsReadBackAsItWasWritten) {
  for (const char* text : {"2026-11-23T07:12:14Z", "2026-11-23T07:12:14.123Z",
                           "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"})
    EXPECT_EQ(time_text(parse_time(text).value()), text);
  for (const char* text : {"", "2026-11-23", "2026-11-23T07:12:14", "2026-02-30T07:12:14Z",
                           "2026-11-23T24:00:00Z", "2026-11-23T07:12:14.1Z", "1969-01-01T00:00:00Z",
                           "2026-11-23T07:12:14Zx", "2026-11-23T-7:12:14Z", "x026-11-23T07:12:14Z"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST(AnOpenClaim, IsLockedWhileItsOwnerMayBeAtWork) {
  const Claim held = claim_for("deploy");
  const WallTime now = wall_of(7, 5);
  EXPECT_EQ(takeover(held, {host, 1, ""}, now, everybody), Takeover::locked);
  EXPECT_EQ(takeover(held, {"elsewhere", 1, ""}, now, nobody), Takeover::locked);
  EXPECT_EQ(takeover(held, {"", 1, ""}, now, nobody), Takeover::locked);
}

TEST(AnOpenClaim, IsFreeWhenReleasedOrExpired) {
  Claim held = claim_for("deploy");
  EXPECT_EQ(takeover(held, {"elsewhere", 1, ""}, wall_of(7, 10), everybody), Takeover::locked);
  EXPECT_EQ(takeover(held, {"elsewhere", 1, ""}, wall_of(7, 10, 1), everybody), Takeover::free);
  held.phase = "released";
  EXPECT_EQ(takeover(held, {"elsewhere", 1, ""}, wall_of(7, 1), everybody), Takeover::free);
}

TEST(AnOpenClaim, IsFreeWhenItsOwnerIsGoneOnThisMachine) {
  const Claim held = claim_for("deploy");
  EXPECT_EQ(takeover(held, {host, 1, ""}, wall_of(7, 1), nobody), Takeover::free);
  EXPECT_EQ(takeover(held, {host, held.pid, ""}, wall_of(7, 1), everybody), Takeover::free);
}

TEST(AnOpenClaim, IsFreeForALaterAttemptOfTheSameRun) {
  Claim held = claim_for("deploy");
  held.run = "8123456789/1";
  const WallTime now = wall_of(7, 1);
  EXPECT_EQ(takeover(held, {"b", 1, "8123456789/2"}, now, everybody), Takeover::free);
  EXPECT_EQ(takeover(held, {"b", 1, "8123456789/1"}, now, everybody), Takeover::locked);
  EXPECT_EQ(takeover(held, {"b", 1, "8123456780/2"}, now, everybody), Takeover::locked);
  EXPECT_EQ(takeover(held, {"b", 1, ""}, now, everybody), Takeover::locked);
  held.run = "x";
  EXPECT_EQ(takeover(held, {"b", 1, "x"}, now, everybody), Takeover::locked);
}

TEST(ALock, OutlivesTheCommandThatMadeIt) {
  Claim held = claim_for("lock");
  held.expires.reset();
  held.run = "8123456789/1";
  EXPECT_EQ(takeover(held, {host, 1, "8123456789/2"}, wall_of(23, 0), nobody), Takeover::locked);
  held.phase = "released";
  EXPECT_EQ(takeover(held, {host, 1, ""}, wall_of(7, 1), nobody), Takeover::free);
}

TEST(Locked, SaysByWhomSinceWhenAndAtWhichStep) {
  Claim held = claim_for("deploy");
  held.run = "8123456789/1";
  EXPECT_EQ(locked_by(held, "staging", wall_of(7, 8)),
            (Failure{ExitCode::locked,
                     "staging is locked by "
                     "arn:aws:sts::111122223333:assumed-role/pms-deploy/GitHubActions since "
                     "2026-11-23T07:00:00Z (8 min): deploy of v20261123-0123456789ab, at step "
                     "start, on runner-1, run 8123456789/1",
                     "Wait until it has ended; when it is surely dead: switchctl unlock staging"}));
}

TEST(Locked, SaysWhyAPersonLocked) {
  Claim held = claim_for("lock");
  held.owner = "me@desk";
  held.reason = "release freeze";
  EXPECT_EQ(locked_by(held, "production", wall_of(10, 30)),
            (Failure{ExitCode::locked,
                     "production is locked by me@desk since 2026-11-23T07:00:00Z (3 h): release "
                     "freeze",
                     "Ask them, or open it: switchctl unlock production"}));
}

}  // namespace
}  // namespace sy::control::records
