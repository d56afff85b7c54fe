#include "config/findings.h"

#include <algorithm>
#include <tuple>

#include "config/text.h"

namespace sy::config {
namespace {

// Keys and values of the file end up in these; a terminal is to see one line.
constexpr std::size_t key_bytes_max = 200;
constexpr std::size_t what_bytes_max = 400;

}  // namespace

std::string to_string(const Problem& problem) {
  std::string text = problem.file;
  if (problem.place.line > 0) {
    text += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
  }
  text += ": ";
  if (!problem.key.empty()) text += problem.key + ": ";
  return text + problem.what;
}

void Findings::add(Place place, std::string_view key, std::string_view what) {
  if (full()) {
    ++more_;
    return;
  }
  problems_.push_back({file_, place, shown(key, key_bytes_max), shown(what, what_bytes_max)});
}

std::vector<Problem> Findings::problems() const {
  auto sorted = problems_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  if (more_ > 0)
    sorted.push_back({file_, {}, "", "and " + std::to_string(more_) + " more problems"});
  return sorted;
}

}  // namespace sy::config
