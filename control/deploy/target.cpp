#include "control/deploy/target.h"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace sy::control::deploy {

std::optional<std::string> reported_version(std::string_view body, const std::string& field) {
  constexpr std::size_t text_bytes_max = 256;
  boost::system::error_code failed;
  const boost::json::value parsed = boost::json::parse({body.data(), body.size()}, failed);
  if (failed || !parsed.is_object()) return std::nullopt;
  const boost::json::value* const found = parsed.as_object().if_contains(field);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  const std::string text{found->as_string()};
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (text.empty() || text.size() > text_bytes_max || !printable) return std::nullopt;
  return text;
}

}  // namespace sy::control::deploy
