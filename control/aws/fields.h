// The words of one HTTP exchange with AWS, whatever carries it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/text.h"

namespace sy::aws {

struct Field {
  std::string name;
  std::string value;
  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// The first field of that name, in any case of letters.
[[nodiscard]] inline std::optional<std::string_view> find(const Fields& fields,
                                                          std::string_view name) {
  for (const Field& field : fields) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

struct Request {
  std::string method = "POST";
  std::string target = "/";  // path and query, as they go on the wire
  Fields fields;
  std::string body;
};

struct Answer {
  int status = 0;
  Fields fields;
  std::string body;
};

}  // namespace sy::aws
