// What the reading of one file brought to light beside its values: problems, files it names, keys
// that were asked for.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace sy::config {

inline constexpr std::size_t problems_max = 100;  // past it one line says how many more

// A file that the config names; whether it can be read is asked later, by check_files.
struct NamedFile {
  Place place;
  std::string key;
  std::string path;
  bool operator==(const NamedFile&) const = default;
};

class Findings {
 public:
  explicit Findings(std::string file) : file_{std::move(file)} {}

  void add(Place place, std::string_view key, std::string_view what);
  // Whether another problem would only be counted.
  [[nodiscard]] bool full() const { return problems_.size() >= problems_max; }
  void name_file(NamedFile file) { files_.push_back(std::move(file)); }
  // `pattern` is a key path with "*" for names and "[]" for list items: "services.*.health.path".
  void ask(std::string pattern) { asked_.insert(std::move(pattern)); }

  // The text has no meaning at all: nothing but its first problem is worth telling.
  void set_unreadable() { unreadable_ = true; }
  [[nodiscard]] bool unreadable() const { return unreadable_; }
  // In the order of the file.
  [[nodiscard]] std::vector<Problem> problems() const;
  [[nodiscard]] const std::vector<NamedFile>& files() const { return files_; }
  [[nodiscard]] const std::set<std::string>& asked() const { return asked_; }

 private:
  std::string file_;
  std::vector<Problem> problems_;
  std::size_t more_ = 0;
  bool unreadable_ = false;
  std::vector<NamedFile> files_;
  std::set<std::string> asked_;
};

}  // namespace sy::config
