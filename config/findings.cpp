#include "config/findings.h"

#include <algorithm>
#include <tuple>

namespace sy::config {

std::string to_string(const Problem& problem) {
  std::string text = problem.file;
  if (problem.place.line > 0) {
    text += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
  }
  text += ": ";
  if (!problem.key.empty()) text += problem.key + ": ";
  return text + problem.what;
}

void Findings::add(Place place, std::string key, std::string what) {
  if (problems_.size() >= problems_max) {
    ++more_;
    return;
  }
  problems_.push_back({file_, place, std::move(key), std::move(what)});
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
