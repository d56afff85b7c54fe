#include "split/templates.h"

#include <algorithm>
#include <array>
#include <span>

namespace sy::split {
namespace {

// The segments of a path, without a query and without one "/" at its end.
class Segments {
 public:
  explicit Segments(std::string_view path) {
    path = path.substr(0, path.find('?'));
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.ends_with('/')) path.remove_suffix(1);
    while (!path.empty()) {
      if (count_ == part_.size()) {
        deep_ = true;
        return;
      }
      const std::size_t slash = std::min(path.find('/'), path.size());
      part_[count_++] = path.substr(0, slash);
      path.remove_prefix(std::min(slash + 1, path.size()));
    }
  }
  [[nodiscard]] bool deep() const { return deep_; }
  [[nodiscard]] std::span<const std::string_view> all() const { return {part_.data(), count_}; }

 private:
  std::array<std::string_view, Templates::segments_max> part_;
  std::size_t count_ = 0;
  bool deep_ = false;
};

bool placeholder(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool fits(std::span<const std::string> wanted, std::span<const std::string_view> given) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].empty() ? given[i].empty() : wanted[i] != given[i]) return false;
  }
  return true;
}

}  // namespace

Templates::Templates(std::vector<std::string> texts) : texts_{std::move(texts)} {
  for (std::size_t index = 0; index < texts_.size(); ++index) {
    const Segments segments{texts_[index]};
    if (segments.deep()) continue;
    Shape shape{.segments = {}, .literals = 0, .index = index};
    for (const std::string_view segment : segments.all()) {
      const bool any = placeholder(segment);
      shape.literals += any ? 0 : 1;
      shape.segments.emplace_back(any ? std::string_view{} : segment);
    }
    const std::size_t depth = shape.segments.size();
    if (by_depth_.size() <= depth) by_depth_.resize(depth + 1);
    by_depth_[depth].push_back(std::move(shape));
  }
  const auto more_literal = [](const Shape& a, const Shape& b) {
    if (a.literals != b.literals) return a.literals > b.literals;
    for (std::size_t i = 0; i < a.segments.size(); ++i) {
      if (a.segments[i].empty() != b.segments[i].empty()) return b.segments[i].empty();
    }
    return false;
  };
  for (auto& shapes : by_depth_) std::stable_sort(shapes.begin(), shapes.end(), more_literal);
}

std::optional<std::size_t> Templates::match(std::string_view path) const {
  if (by_depth_.empty()) return std::nullopt;
  const Segments given{path};
  if (given.deep() || given.all().size() >= by_depth_.size()) return std::nullopt;
  for (const Shape& shape : by_depth_[given.all().size()]) {
    if (fits(shape.segments, given.all())) return shape.index;
  }
  return std::nullopt;
}

}  // namespace sy::split
