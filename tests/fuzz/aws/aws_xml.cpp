// Any text as XML: no crash, no more than the bounds, and what was read is read again from what
// it is written as.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "control/aws/xml.h"

namespace {

using sy::aws::Element;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string written(const Element& element) {
  std::string out = '<' + element.name + '>' + escaped(element.text);
  for (const Element& inner : element.children) out += written(inner);
  return out + "</" + element.name + '>';
}

bool same(const Element& a, const Element& b) {
  if (a.name != b.name || a.text != b.text || a.children.size() != b.children.size()) return false;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    if (!same(a.children[i], b.children[i])) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sy;
  const auto root = aws::read_xml({reinterpret_cast<const char*>(bytes), size});
  if (!root) return 0;
  const auto again = aws::read_xml(written(*root));
  SY_CHECK(again && same(*root, *again));
  return 0;
}
