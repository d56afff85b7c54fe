// The state in a folder, crash-safe: two files written in turn, so that the generation before is
// always whole. Knows nothing of what a state means.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "director/ports.h"

namespace sy::director {

// The five operations on one folder that a crash-safe save is made of. Nothing is durable before
// its sync: `write` before `sync`, `rename` before `sync_folder`.
class Folder {
 public:
  virtual ~Folder() = default;
  // None: no such file. At most `bytes_max` bytes, else an error.
  [[nodiscard]] virtual Result<std::optional<std::string>> read(const std::string& file,
                                                                std::size_t bytes_max) = 0;
  [[nodiscard]] virtual Result<> write(const std::string& file, std::string_view text) = 0;
  [[nodiscard]] virtual Result<> sync(const std::string& file) = 0;
  [[nodiscard]] virtual Result<> rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual Result<> sync_folder() = 0;
};

class FileStore final : public Store {
 public:
  // Makes the folder when missing and locks it; an error names the process that has it already. The
  // lock lasts as long as the store.
  static Result<std::unique_ptr<FileStore>> open(const std::string& path);
  explicit FileStore(std::unique_ptr<Folder> folder) : folder_{std::move(folder)} {}

  // Replaces the older of the two files, or, for the generation of the newer, that one.
  [[nodiscard]] Result<> save(const rollout::State& state) override;
  // The newer of the two; one that cannot be read is renamed to `….corrupt` and noted.
  [[nodiscard]] Result<Loaded> load() override;

 private:
  std::unique_ptr<Folder> folder_;
  bool newest_is_a_ = false;               // `save` replaces the other one
  std::optional<std::uint64_t> newest_{};  // its generation
};

}  // namespace sy::director
