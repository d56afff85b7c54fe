// The templates of a service's paths, ready to be matched: "/api/patients/{id}" stands for every
// path of three segments that begins so. They name a request in a verdict where its path, which may
// hold what is nobody's business, must not appear.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sy::split {

class Templates {
 public:
  static constexpr std::size_t segments_max = 16;  // a deeper path or template matches nothing

  explicit Templates(std::vector<std::string> texts = {});
  // The index of the template that matches, among those the one with the most literal segments,
  // then the one that is literal further to the left. `path` may carry a query; one "/" at its end
  // is ignored. Allocates nothing.
  [[nodiscard]] std::optional<std::size_t> match(std::string_view path) const;
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  struct Shape {
    std::vector<std::string> segments;  // an empty one stands for any
    std::size_t literals = 0;
    std::size_t index = 0;  // into texts_
  };
  std::vector<std::string> texts_;
  std::vector<std::vector<Shape>> by_depth_;  // the most literal first
};

}  // namespace sy::split
