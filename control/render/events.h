// Server-sent events of a proxy as lines. Pure.
#pragma once
#include <string>
#include <string_view>

namespace sy::control {

// Events as they arrive in pieces of any size → one line for each.
class EventLines {
 public:
  explicit EventLines(bool json) : json_{json} {}
  // The lines that these bytes complete.
  [[nodiscard]] std::string feed(std::string_view bytes);

 private:
  void end_line(std::string& out);

  bool json_;
  std::string line_;
  std::string type_;
  std::string text_;
};

}  // namespace sy::control
