// The file store on a simulated disk that loses power at every operation, and keeps of what was not
// synced any part it likes.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

#include "director/file_store.h"

namespace sy::director {
namespace {

struct PowerCut {};

// Files as a power cut would leave them and as the program sees them now.
class Disk {
 public:
  std::map<std::string, std::string> seen;                   // what reads return
  std::map<std::string, std::string> durable;                // what is on the platter
  std::vector<std::pair<std::string, std::string>> renames;  // seen, not yet durable, in order
  int operations_left = -1;  // until the power goes; negative: never
  int failing = -1;          // the operation that returns an error instead; negative: none

  // True when this operation fails with an error.
  bool step() {
    if (operations_left == 0) throw PowerCut{};
    if (operations_left > 0) --operations_left;
    return failing >= 0 && failing-- == 0;
  }

  // Some renames reached the platter, in order; contents that were never synced are cut anywhere.
  void restart(std::mt19937& random) {
    const std::size_t kept = random() % (renames.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) {
      const auto& [from, to] = renames[i];
      if (!durable.contains(from)) durable[from] = torn(seen_before_[from], random);
      durable[to] = durable[from];
      durable.erase(from);
    }
    renames.clear();
    for (const auto& [file, text] : unsynced_) {
      if (random() % 2 == 0) durable[file] = torn(text, random);
    }
    unsynced_.clear();
    seen = durable;
    operations_left = -1;
    failing = -1;
  }

  void write(const std::string& file, std::string_view text) {
    seen[file] = text;
    unsynced_[file] = text;
    seen_before_[file] = text;
  }
  void sync(const std::string& file) {
    durable[file] = seen[file];
    unsynced_.erase(file);
  }
  void rename(const std::string& from, const std::string& to) {
    seen[to] = seen[from];
    seen.erase(from);
    if (const auto found = unsynced_.find(from); found != unsynced_.end()) {
      unsynced_[to] = found->second;
      unsynced_.erase(from);
    }
    renames.emplace_back(from, to);
  }
  void sync_folder() {
    for (const auto& [from, to] : renames) {
      if (!durable.contains(from)) continue;
      durable[to] = durable[from];
      durable.erase(from);
    }
    renames.clear();
  }

 private:
  static std::string torn(const std::string& text, std::mt19937& random) {
    return text.substr(0, random() % (text.size() + 1));
  }
  std::map<std::string, std::string> unsynced_;
  std::map<std::string, std::string> seen_before_;
};

class SimulatedFolder final : public Folder {
 public:
  explicit SimulatedFolder(Disk& disk) : disk_{disk} {}
  Result<std::optional<std::string>> read(const std::string& file, std::size_t) override {
    const auto found = disk_.seen.find(file);
    if (found == disk_.seen.end()) return std::optional<std::string>{};
    return std::optional<std::string>{found->second};
  }
  Result<> write(const std::string& file, std::string_view text) override {
    if (disk_.step()) return full();
    disk_.write(file, text);
    return {};
  }
  Result<> sync(const std::string& file) override {
    if (disk_.step()) return full();
    disk_.sync(file);
    return {};
  }
  Result<> rename(const std::string& from, const std::string& to) override {
    if (disk_.step()) return full();
    disk_.rename(from, to);
    return {};
  }
  Result<> sync_folder() override {
    if (disk_.step()) return full();
    disk_.sync_folder();
    return {};
  }

 private:
  static Error full() { return Error{Blame::self, true, 503, "disk full"}; }
  Disk& disk_;
};

rollout::State state_of(std::uint64_t generation) {
  rollout::State state;
  state.generation = generation;
  const int green = static_cast<int>(generation * 37 % 10'001);
  state.weight = {10'000 - green, green};
  return state;
}

std::uint64_t load(FileStore& store) {
  const auto loaded = store.load();
  return loaded && loaded->state ? loaded->state->generation : 0;
}

TEST(AStoreWhosePowerGoes, ComesBackWithTheStateBeforeOrAfterTheSave) {
  for (unsigned seed = 0; seed < 10'000; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    Disk disk;
    std::uint64_t last = 0;
    for (int life = 0; life < 6; ++life) {
      FileStore store{std::make_unique<SimulatedFolder>(disk)};
      const std::uint64_t found = load(store);
      ASSERT_TRUE(found == last || found == last + 1) << found << " after " << last;
      last = found;
      disk.operations_left = static_cast<int>(random() % 14);
      try {
        for (;;) {
          ASSERT_TRUE(store.save(state_of(last + 1)).has_value());
          ++last;
        }
      } catch (const PowerCut&) {
        disk.restart(random);
      }
    }
  }
}

TEST(AStoreWhoseDiskFails, KeepsWhatItHadAndNeverWhatItRefused) {
  for (int failing = 0; failing < 4; ++failing) {
    Disk disk;
    FileStore store{std::make_unique<SimulatedFolder>(disk)};
    ASSERT_EQ(load(store), 0U);
    ASSERT_TRUE(store.save(state_of(1)).has_value());
    ASSERT_TRUE(store.save(state_of(2)).has_value());
    disk.failing = failing;
    ASSERT_FALSE(store.save(state_of(3)).has_value()) << failing;
    FileStore next{std::make_unique<SimulatedFolder>(disk)};
    ASSERT_EQ(load(next), 2U) << failing;
    ASSERT_TRUE(store.save(state_of(4)).has_value());
    FileStore after{std::make_unique<SimulatedFolder>(disk)};
    ASSERT_EQ(load(after), 4U) << failing;
  }
}

}  // namespace
}  // namespace sy::director
