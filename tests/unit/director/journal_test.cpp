#include "director/journal.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/director_world.h"

namespace sy::director {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

Entry entry_of(std::string detail) {
  Entry entry;
  entry.at = WallTime{std::chrono::milliseconds{1'704'103'200'000}};
  entry.actor = "ci";
  entry.action = "weights";
  entry.reason = "because \"of\" it";
  entry.detail = std::move(detail);
  entry.generation = 7;
  entry.fields = {{"green", "1000"}, {"blue", "9000"}};
  return entry;
}

class TheJournal : public ::testing::Test {
 protected:
  TheJournal() : path{folder / "journal"} {
    auto journal = Journal::open(path).value();
    for (const char* detail : {"one", "two", "three"}) {
      EXPECT_TRUE(journal.append(entry_of(detail)).has_value());
    }
    text = read_file(path);
  }
  testing::TemporaryFolder folder;
  std::string path;
  std::string text;
};

TEST_F(TheJournal, IsReadBackAsWritten) {
  const auto journal = Journal::open(path).value();
  ASSERT_EQ(journal.entries().size(), 3U);
  EXPECT_EQ(journal.entries()[0].previous, std::string(64, '0'));
  EXPECT_EQ(journal.entries()[1].previous, journal.entries()[0].hash);
  EXPECT_EQ(journal.entries()[2].sequence, 3U);
  EXPECT_EQ(journal.entries()[2].reason, "because \"of\" it");
  EXPECT_EQ(journal.entries()[2].fields.at("green"), "1000");
  EXPECT_EQ(journal.note(), "");
  const auto found = verify(path).value();
  EXPECT_EQ(found.entries, 3U);
  EXPECT_TRUE(found.problems.empty());
}

TEST_F(TheJournal, HasOneJsonObjectALine) {
  EXPECT_EQ(text.substr(0, text.find(",\"hash\"")),
            "{\"sequence\":1,\"at\":\"2024-01-01T10:00:00.000Z\",\"actor\":\"ci\","
            "\"action\":\"weights\",\"reason\":\"because \\\"of\\\" it\",\"detail\":\"one\","
            "\"request\":\"\",\"generation\":7,\"fields\":{\"blue\":\"9000\",\"green\":\"1000\"},"
            "\"previous\":\"0000000000000000000000000000000000000000000000000000000000000000\"");
}

TEST_F(TheJournal, LosesNothingButTheTornLineWhenCutAtAnyByte) {
  const std::string copy = folder / "copy";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    write_file(copy, std::string_view(text).substr(0, size));
    const auto whole_lines = std::count(text.begin(), text.begin() + static_cast<long>(size), '\n');
    auto journal = Journal::open(copy).value();
    ASSERT_EQ(journal.entries().size(), static_cast<std::size_t>(whole_lines));
    const bool torn = size > 0 && text[size - 1] != '\n';
    ASSERT_EQ(journal.note().empty(), !torn) << size;
    ASSERT_TRUE(journal.append(entry_of("after")).has_value());
    const auto found = verify(copy).value();
    ASSERT_TRUE(found.problems.empty()) << found.problems.front();
    ASSERT_EQ(found.entries, static_cast<std::uint64_t>(whole_lines) + 1);
  }
}

TEST_F(TheJournal, IsFoundOutWhenAnyByteIsAnother) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const int flip : {1, 2, 32, 128}) {
      std::string other = text;
      other[at] = static_cast<char>(other[at] ^ flip);
      ASSERT_FALSE(verify_text(other).problems.empty()) << "byte " << at;
    }
  }
}

TEST_F(TheJournal, IsFoundOutWhenALineIsGoneOrMoved) {
  const std::size_t first = text.find('\n') + 1;
  const std::size_t second = text.find('\n', first) + 1;
  const std::string one = text.substr(0, first);
  const std::string two = text.substr(first, second - first);
  const std::string three = text.substr(second);
  EXPECT_EQ(verify_text(one + three).problems,
            std::vector<std::string>{"line 2 does not follow the entry before it"});
  EXPECT_FALSE(verify_text(two + three).problems.empty());
  EXPECT_FALSE(verify_text(one + three + two).problems.empty());
  EXPECT_FALSE(verify_text(one + two + two + three).problems.empty());
}

TEST_F(TheJournal, SaysWhichLineIsWrong) {
  std::string other = text;
  other.replace(other.find("two"), 3, "TWO");
  EXPECT_EQ(verify_text(other).problems,
            std::vector<std::string>{"line 2: hash does not match its entry"});
  EXPECT_EQ(verify_text(text + "torn").problems, std::vector<std::string>{"line 4 is torn"});
  EXPECT_EQ(verify_text(text + "{}\n").problems,
            std::vector<std::string>{"line 4 is not an entry"});
}

TEST_F(TheJournal, GoesOnBehindADamagedLineAndSaysSo) {
  std::string other = text;
  other.replace(other.find("two"), 3, "TWO");
  write_file(path, other);
  auto journal = Journal::open(path).value();
  EXPECT_EQ(journal.note(), "journal: line 2: hash does not match its entry");
  ASSERT_TRUE(journal.append(entry_of("four")).has_value());
  EXPECT_EQ(verify(path)->problems.size(), 1U);
}

TEST_F(TheJournal, SetsATornLineAside) {
  write_file(path, text + "{\"sequence\":4,\"at");
  const auto journal = Journal::open(path).value();
  EXPECT_EQ(journal.note(), "journal: a torn last line was set aside in " + path + ".torn");
  EXPECT_EQ(read_file(path + ".torn"), "{\"sequence\":4,\"at\n");
  EXPECT_EQ(read_file(path), text);
}

TEST_F(TheJournal, KeepsOnlyTheLastEntriesInMemory) {
  auto journal = Journal::open(path, 10).value();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(journal.append(entry_of(std::to_string(i))).has_value());
    ASSERT_LE(journal.entries().size(), 10U);
  }
  EXPECT_EQ(journal.entries().back().sequence, 103U);
  EXPECT_EQ(Journal::open(path, 10)->entries().back().sequence, 103U);
}

TEST_F(TheJournal, MakesTextsFit) {
  auto journal = Journal::open(path).value();
  Entry entry = entry_of("a\nb");
  entry.reason = std::string(600, 'r');
  ASSERT_TRUE(journal.append(std::move(entry)).has_value());
  EXPECT_EQ(journal.entries().back().reason.size(), 500U);
  EXPECT_EQ(journal.entries().back().detail, "a b");
  EXPECT_TRUE(verify(path)->problems.empty());
}

TEST_F(TheJournal, QueuesWhatAFullDiskDoesNotTakeAndWritesItLater) {
  auto journal = Journal::open(path).value();
  for (const std::uint64_t room : {0U, 1U, 100U, 300U}) {
    const testing::FullDisk full{std::filesystem::file_size(path) + room};
    EXPECT_EQ(journal.append(entry_of("queued")).error().status, 503);
    EXPECT_EQ(journal.entries().back().detail, "queued");
    EXPECT_FALSE(journal.append_or_drop(entry_of("dropped")).has_value());
    EXPECT_EQ(journal.entries().back().detail, "queued");
  }
  EXPECT_EQ(journal.queued(), 4U);
  EXPECT_EQ(read_file(path), text);
  ASSERT_TRUE(journal.append(entry_of("after")).has_value());
  EXPECT_EQ(journal.queued(), 0U);
  const auto found = verify(path).value();
  EXPECT_EQ(found.entries, 3U + 4U + 1U);
  EXPECT_TRUE(found.problems.empty());
}

TEST_F(TheJournal, SaysHowManyEntriesItLostWhenTheQueueWasFull) {
  auto journal = Journal::open(path).value();
  {
    const testing::FullDisk full{std::filesystem::file_size(path)};
    for (int i = 0; i < 1'005; ++i) std::ignore = journal.append(entry_of("queued"));
  }
  ASSERT_TRUE(journal.flush().has_value());
  EXPECT_EQ(journal.entries().back().detail, "5 entries while the journal could not be written");
  EXPECT_TRUE(verify(path)->problems.empty());
}

TEST(AJournal, ThatCannotBeOpenedSaysWhy) {
  EXPECT_EQ(verify("/nowhere/journal").error().what,
            "open /nowhere/journal: no such file or directory");
  EXPECT_FALSE(Journal::open("/nowhere/journal").has_value());
  EXPECT_EQ(Journal::open("/dev/full").error().what, "/dev/full is not a file");
}

}  // namespace
}  // namespace sy::director
