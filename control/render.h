// What switchctl prints. Pure.
#pragma once
#include <string>

#include "api/message.h"

namespace sy::control {

[[nodiscard]] std::string render(const api::StatusView& status);
[[nodiscard]] std::string render(const api::AppliedView& applied);
[[nodiscard]] std::string render(const api::JournalView& journal);
[[nodiscard]] std::string render(const api::Problem& problem);

// The phase and what holds it: "shifting: hold 2 of 4 at 10 %: 41 s to go".
[[nodiscard]] std::string standing_text(const api::RolloutView& rollout);

// Server-sent events as they arrive in pieces of any size → one line for each.
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
