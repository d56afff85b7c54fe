#include "control/deploy/journal.h"

#include <gtest/gtest.h>

#include "control/records/ledger.h"

namespace sy::control::deploy {
namespace {

Journal full() {
  Journal journal{.key = "0123456789abcdef0123456789abcdef", .op = "deploy"};
  journal.version = "v20240102-bbbbbbb";
  journal.git_sha = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
  journal.step = Step::rollout;
  journal.traffic = true;
  journal.gradual = false;
  journal.planned = 0x1ffe;
  for (const std::string service : {"backend", "frontend", "reports", "billing"}) {
    journal.counts[service] = 4;
    journal.started.services[service] = {"pms-" + service + "-production:1234",
                                         "ecs-svc/1234567890123456789",
                                         "pms-" + service + "-production:1233", 0, 4};
  }
  journal.rollouts = {{"https://edge-1.pms.internal:9900", "r12"},
                      {"https://edge-2.pms.internal:9900", "r13"}};
  return journal;
}

TEST(AJournal, ComesBackAsItWasAndFitsInAClaim) {
  const std::string text = encode(full());

  EXPECT_EQ(decode_journal(text).value(), full());
  EXPECT_LE(text.size(), records::journal_bytes_max);
}

TEST(AJournal, OfAnotherKindIsRefusedInWords) {
  for (const std::string text :
       {"", "{}", "[]", R"({"journal":2})", R"({"journal":1,"key":7})", "no json"}) {
    const auto read = decode_journal(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().what, "the claim's journal is not one that this switchctl can read");
  }
  std::string cut = encode(full());
  cut.replace(cut.find("rollout"), 7, "rollouz");
  EXPECT_FALSE(decode_journal(cut));
}

TEST(AStep, HasANameThatReadsBack) {
  for (int i = 0; i <= static_cast<int>(Step::retire); ++i) {
    const auto step = static_cast<Step>(i);
    EXPECT_EQ(parse_step(name(step)), step);
  }
  EXPECT_FALSE(parse_step("released"));
}

}  // namespace
}  // namespace sy::control::deploy
