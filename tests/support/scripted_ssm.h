// A Parameter Store in memory behind aws::Caller, for tests of the protocol: versions, create-only
// puts, and the weather of a real one by order or by seed: answers lost before or after the act,
// throttles, two puts at once, reads that see the state before a write. Each call may be a crash.
#pragma once
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/dates.h"

namespace sy::aws {

class ScriptedSsm {
 public:
  enum class Fate {
    fine,
    throttled,    // refused, not done
    lost_before,  // no answer, not done
    lost_after,   // no answer, done
    retried,      // done, the answer lost, and the client itself tried again
    busy,         // TooManyUpdates
    denied,
  };
  struct Stored {
    std::string value;
    Moment at{};
  };
  using Versions = std::vector<Stored>;

  std::map<std::string, Versions> parameters;
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> keys;  // of the last put, by name
  std::map<std::string, int> calls;         // by operation
  std::function<Fate(std::string_view operation, const std::string& name)> fate;
  // How many versions of what is named a read does not see yet.
  std::function<std::size_t(const std::string& name)> unseen;
  std::function<Moment()> now = [] { return Moment{}; };

  std::string value(const std::string& name) const { return parameters.at(name).back().value; }
  void seed(const std::string& name, const std::string& text) {
    parameters[name].push_back({text, now()});
    types[name] = "String";
  }

  Result<boost::json::object> call(std::string_view target, const boost::json::object& input) {
    const std::string_view operation = target.substr(target.find('.') + 1);
    const auto* named = input.if_contains("Name");
    const std::string name = named ? std::string{named->as_string()} : "";
    ++calls[std::string{operation}];
    const Fate now_fate = fate ? fate(operation, name) : Fate::fine;
    switch (now_fate) {
      case Fate::fine: return perform(operation, input);
      case Fate::throttled:
        return Error{Kind::unavailable, "ThrottlingException", "Rate exceeded", 400, "r-1"};
      case Fate::lost_before: return lost();
      case Fate::lost_after: std::ignore = perform(operation, input); return lost();
      case Fate::retried: {
        std::ignore = perform(operation, input);
        auto again = perform(operation, input);
        if (!again) {
          Error error = again.error();
          error.maybe_done = true;
          return error;
        }
        return again;
      }
      case Fate::busy:
        return Error{Kind::conflict, "TooManyUpdates", "There are concurrent updates", 400, "r-2"};
      case Fate::denied:
        return Error{Kind::denied, "AccessDeniedException",
                     "User: arn:aws:iam::1:user/x is not authorized to perform: ssm:" +
                         std::string{operation} + " on resource: arn:aws:ssm:::parameter/p",
                     400, "r-3"};
    }
    return lost();
  }

 private:
  static Error lost() {
    Error error{Kind::unavailable, "", "the connection was closed", 0, ""};
    error.maybe_done = true;
    return error;
  }
  static Error absent() { return Error{Kind::not_found, "ParameterNotFound", "", 400, "r-4"}; }

  Result<boost::json::object> perform(std::string_view operation,
                                      const boost::json::object& input) {
    if (operation == "PutParameter") return put(input);
    if (operation == "GetParameter") return get(std::string{input.at("Name").as_string()});
    if (operation == "GetParameterHistory") return history(input);
    if (operation == "GetParametersByPath") return by_path(input);
    const std::string name{input.at("Name").as_string()};
    if (parameters.erase(name) == 0) return absent();
    return boost::json::object{};
  }

  Result<boost::json::object> put(const boost::json::object& input) {
    const std::string name{input.at("Name").as_string()};
    const std::string text{input.at("Value").as_string()};
    Versions& versions = parameters[name];
    if (!versions.empty() && !input.contains("Overwrite"))
      return Error{Kind::conflict, "ParameterAlreadyExists", "exists", 400, "r-5"};
    if (text.size() > 4'096 || text.find("{{") != std::string::npos)
      return Error{Kind::invalid, "ValidationException", "value " + text, 400, "r-6"};
    if (versions.empty()) types[name] = std::string{input.at("Type").as_string()};
    keys[name] = input.contains("KeyId") ? std::string{input.at("KeyId").as_string()} : "";
    versions.push_back({text, now()});
    return boost::json::object{{"Version", versions.size()}, {"Tier", "Standard"}};
  }

  std::size_t seen(const std::string& name) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return 0;
    const std::size_t all = found->second.size();
    return unseen ? all - std::min(all, unseen(name)) : all;
  }

  boost::json::object shown(const std::string& name, std::size_t version) const {
    const Stored& stored = parameters.at(name)[version - 1];
    const double at = static_cast<double>(stored.at.time_since_epoch().count()) / 1000;
    return {{"Name", name},
            {"Type", types.at(name)},
            {"Value", stored.value},
            {"Version", version},
            {"LastModifiedDate", at}};
  }

  Result<boost::json::object> get(const std::string& asked) {
    const auto colon = asked.find(':');
    const std::string name = asked.substr(0, colon);
    const std::size_t visible = seen(name);
    if (visible == 0) return absent();
    std::size_t version = visible;
    if (colon != std::string::npos) version = std::stoul(asked.substr(colon + 1));
    if (version > visible)
      return Error{Kind::not_found, "ParameterVersionNotFound", "", 400, "r-7"};
    return boost::json::object{{"Parameter", shown(name, version)}};
  }

  // Pages of three, each behind an empty one.
  static boost::json::object page(const boost::json::array& all, const boost::json::object& input) {
    std::size_t at = 0;
    bool empty = true;
    if (const auto* token = input.if_contains("NextToken")) {
      const std::string text{token->as_string()};
      at = std::stoul(text);
      empty = text.ends_with('n');
    }
    if (empty && at < all.size())
      return {{"Parameters", boost::json::array{}}, {"NextToken", std::to_string(at) + "e"}};
    boost::json::array some;
    for (std::size_t i = at; i < std::min(at + 3, all.size()); ++i) some.push_back(all[i]);
    boost::json::object out{{"Parameters", some}};
    if (at + 3 < all.size()) out["NextToken"] = std::to_string(at + 3) + "n";
    return out;
  }

  Result<boost::json::object> history(const boost::json::object& input) {
    const std::string name{input.at("Name").as_string()};
    const std::size_t visible = seen(name);
    if (visible == 0) return absent();
    boost::json::array all;
    for (std::size_t version = 1; version <= visible; ++version)
      all.push_back(shown(name, version));
    return page(all, input);
  }

  Result<boost::json::object> by_path(const boost::json::object& input) {
    const std::string path = std::string{input.at("Path").as_string()} + "/";
    boost::json::array all;
    for (const auto& [name, versions] : parameters) {
      const std::size_t visible = name.starts_with(path) ? seen(name) : 0;
      if (visible > 0) all.push_back(shown(name, visible));
    }
    return page(all, input);
  }
};

// One client of it.
class ScriptedCaller final : public Caller {
 public:
  explicit ScriptedCaller(ScriptedSsm& store) : ssm_{store} {}
  Result<boost::json::object> call(const Operation& operation,
                                   const boost::json::object& input) override {
    if (before) before();
    return ssm_.call(operation.target, input);
  }
  Result<Answer> query(const Service&, const Request&) override {
    return Error{Kind::invalid, "", "no such service here", 0, ""};
  }
  std::function<void()> before;  // called before each call; may throw

 private:
  ScriptedSsm& ssm_;
};

}  // namespace sy::aws
