#include "director/file_store.h"

#include <gtest/gtest.h>

#include <filesystem>
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

rollout::State state_of(std::uint64_t generation) {
  rollout::State state;
  state.generation = generation;
  state.weight = {9'000, 1'000};
  return state;
}

class TheFileStore : public ::testing::Test {
 protected:
  TheFileStore() {
    auto store = FileStore::open(folder.path()).value();
    EXPECT_FALSE(store->load()->state);
    EXPECT_TRUE(store->save(state_of(1)).has_value());
    EXPECT_TRUE(store->save(state_of(2)).has_value());
  }
  // The file that holds generation 2.
  std::string newest() {
    return read_file(folder / "state.a").find("generation 2") != std::string::npos
               ? folder / "state.a"
               : folder / "state.b";
  }
  Store::Loaded load() { return FileStore::open(folder.path()).value()->load().value(); }
  testing::TemporaryFolder folder;
};

TEST_F(TheFileStore, ReturnsTheNewestGeneration) {
  const auto loaded = load();
  EXPECT_EQ(loaded.state, state_of(2));
  EXPECT_EQ(loaded.note, "");
}

TEST_F(TheFileStore, RefusesAStateThatItCouldNotLoadAgain) {
  auto store = FileStore::open(folder.path()).value();
  ASSERT_TRUE(store->load()->state);
  rollout::State state = state_of(3);
  state.upstreams.green["backend"] = {std::string(2 << 20, 'x')};
  const auto saved = store->save(state);
  ASSERT_FALSE(saved.has_value());
  EXPECT_EQ(saved.error().what, "the state is longer than 1 MiB");
  store.reset();
  EXPECT_EQ(load().state, state_of(2));
}

TEST_F(TheFileStore, GoesOnAfterALoad) {
  for (std::uint64_t generation = 3; generation < 8; ++generation) {
    auto store = FileStore::open(folder.path()).value();
    ASSERT_EQ(store->load()->state->generation, generation - 1);
    ASSERT_TRUE(store->save(state_of(generation)).has_value());
  }
  EXPECT_EQ(load().state, state_of(7));
}

TEST_F(TheFileStore, UsesTheGenerationBeforeWhenTheNewestIsCutAtAnyByte) {
  const std::string file = newest();
  const std::string text = read_file(file);
  for (std::size_t size = 0; size < text.size(); ++size) {
    write_file(file, std::string_view(text).substr(0, size));
    const auto loaded = load();
    ASSERT_EQ(loaded.state, state_of(1)) << size;
    ASSERT_NE(loaded.note, "");
  }
}

TEST_F(TheFileStore, UsesTheGenerationBeforeWhenAnyByteOfTheNewestIsAnother) {
  const std::string file = newest();
  const std::string text = read_file(file);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    other[at] = static_cast<char>(other[at] ^ 1);
    write_file(file, other);
    ASSERT_EQ(load().state, state_of(1)) << at;
  }
}

TEST_F(TheFileStore, KeepsTheGenerationBeforeWhenTheSameOneIsSavedAgain) {
  auto store = FileStore::open(folder.path()).value();
  ASSERT_EQ(store->load()->state, state_of(2));
  rollout::State books = state_of(2);
  for (books.baseline_requests = 1; books.baseline_requests < 4; ++books.baseline_requests) {
    ASSERT_TRUE(store->save(books).has_value());
  }
  store.reset();
  EXPECT_EQ(load().state->baseline_requests, 3);
  write_file(newest(), "rubbish");
  EXPECT_EQ(load().state, state_of(1));
}

TEST_F(TheFileStore, SetsADamagedFileAsideAndSaysSo) {
  const std::string file = newest();
  write_file(file, "rubbish");
  const std::string name = std::filesystem::path(file).filename();
  EXPECT_EQ(load().note, name + " cannot be used (not a state of version 1 or 2), set aside as " +
                             name + ".corrupt; going on from generation 1");
  EXPECT_EQ(read_file(file + ".corrupt"), "rubbish");
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(load().note, "");
}

TEST_F(TheFileStore, StartsAfreshWhenNothingIsLeft) {
  write_file(folder / "state.a", "rubbish");
  write_file(folder / "state.b", "");
  const auto loaded = load();
  EXPECT_FALSE(loaded.state);
  EXPECT_TRUE(loaded.note.ends_with("; starting afresh"));
}

TEST_F(TheFileStore, WillNotStartOnAStateItIsNotAllowedToRead) {
  std::filesystem::remove(folder / "state.a");
  std::filesystem::remove(folder / "state.b");
  std::filesystem::create_directory(folder / "state.a");
  const auto store = FileStore::open(folder.path()).value();
  EXPECT_FALSE(store->load().has_value());
}

TEST_F(TheFileStore, BelongsToOneProcessAtATime) {
  const auto store = FileStore::open(folder.path()).value();
  const auto second = FileStore::open(folder.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().what, "state folder " + folder.path() + " is in use by process " +
                                     std::to_string(::getpid()));
}

TEST_F(TheFileStore, MakesItsFolder) {
  const std::string deeper = folder / "a/b";
  EXPECT_TRUE(FileStore::open(deeper).value()->save(state_of(1)).has_value());
  EXPECT_EQ(FileStore::open(deeper).value()->load()->state, state_of(1));
}

TEST(AFileStore, ThatCannotBeMadeSaysWhy) {
  EXPECT_FALSE(FileStore::open("/proc/nowhere/state").has_value());
}

}  // namespace
}  // namespace sy::director
