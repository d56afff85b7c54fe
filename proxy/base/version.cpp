#include "base/version.h"

#include <algorithm>

namespace sy {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f'); }
int two_digits(std::string_view text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

}  // namespace

bool is_version(std::string_view text) {
  constexpr std::size_t date_end = 9;  // "v" and eight digits
  if (text.size() < date_end + 1 + 7 || text.size() > date_end + 1 + 40) return false;
  if (text[0] != 'v' || text[date_end] != '-') return false;
  const auto date = text.substr(1, 8);
  if (!std::all_of(date.begin(), date.end(), digit)) return false;
  const int month = two_digits(date.substr(4, 2));
  const int day = two_digits(date.substr(6, 2));
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  const auto sha = text.substr(date_end + 1);
  return std::all_of(sha.begin(), sha.end(), hex);
}

}  // namespace sy
