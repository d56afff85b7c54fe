// Reads the members of one request body, collecting every fault. Private to this folder.
#pragma once
#include <boost/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/message.h"

namespace sy::api {

class Body {
 public:
  explicit Body(std::string_view text) { read(text); }
  // An object within a body; `pointer` is where it is.
  Body(const boost::json::object& members, std::string pointer)
      : members_{members}, pointer_{std::move(pointer)} {}

  // Null when absent. Each member is asked for once; finish() complains about those nobody asked
  // for.
  const boost::json::value* take(std::string_view key);
  const boost::json::value* need(std::string_view key, std::string_view what);
  bool flag(std::string_view key);
  // One line without control characters, at most `bytes_max`.
  std::string line(std::string_view key, std::size_t bytes_max);
  std::string reason() { return line("reason", reason_bytes_max); }
  Color color();
  // In 0.01 %; -1 with a fault.
  int percent(std::string_view key);

  // About a member, or the whole when `key` is empty.
  void fault(std::string_view key, std::string detail);
  // Faults of an object within, which say where themselves.
  void adopt(std::vector<Fault> faults);
  [[nodiscard]] std::string pointer(std::string_view key) const;

  template <class T>
  Parsed<T> finish(T body) {
    complain_of_strangers();
    if (!faults_.empty()) return std::move(faults_);
    return body;
  }

 private:
  void read(std::string_view text);
  void complain_of_strangers();

  boost::json::object members_;
  std::string pointer_;
  std::set<std::string> asked_;
  std::vector<Fault> faults_;
  bool unreadable_ = false;  // what is missing is not worth saying then
};

// A JSON string, quotes included.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace sy::api
