// AWS by script, for what calls it: each operation has answers in a row, the last of which stays.
// It remembers what was asked. An operation without an answer is an error, so that no test passes
// because something was not asked for.
#pragma once
#include <boost/json.hpp>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/aws/caller.h"

namespace sy {

struct ScriptedAws final : aws::Caller {
  using Answer = aws::Result<boost::json::object>;

  std::map<std::string, std::deque<Answer>> script;
  std::vector<std::pair<std::string, boost::json::object>> asked;
  aws::Result<aws::Answer> identity = aws::mistake("nobody asked who we are");

  void on(const std::string& operation, std::string_view json) {
    script[operation].push_back(boost::json::parse(json).get_object());
  }
  void on(const std::string& operation, const aws::Error& error) {
    script[operation].emplace_back(error);
  }
  // Only these from now on.
  void now(const std::string& operation, std::string_view json) {
    script[operation].clear();
    on(operation, json);
  }

  [[nodiscard]] std::vector<boost::json::object> inputs(const std::string& operation) const {
    std::vector<boost::json::object> out;
    for (const auto& [name, input] : asked) {
      if (name == operation) out.push_back(input);
    }
    return out;
  }

  Answer call(const aws::Operation& operation, const boost::json::object& input) override {
    const std::string target{operation.target};
    const std::string name = target.substr(target.rfind('.') + 1);
    asked.emplace_back(name, input);
    auto& row = script[name];
    if (row.empty()) return aws::mistake("nothing is scripted for " + name);
    Answer out = row.front();
    if (row.size() > 1) row.pop_front();
    return out;
  }
  aws::Result<aws::Answer> query(const aws::Service&, const aws::Request&) override {
    return identity;
  }
};

}  // namespace sy
