// A world that answers as a test has written, and notes what it was asked.
#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "control/aws/acquire.h"
#include "control/aws/client.h"

namespace sy::aws {

class ScriptedWorld final : public World {
 public:
  // What a test keeps when the client has the world.
  struct Script {
    std::deque<Result<Answer>> answers;  // an empty one: nobody answers
    std::vector<Call> calls;
    std::map<std::string, std::string> files;
    std::deque<Result<std::string>> printed;  // of commands
    std::vector<double> waits;
    Moment now{std::chrono::seconds{1'700'000'000}};
    std::size_t waits_most = 1000;  // then we are told to stop
  };

  explicit ScriptedWorld(Script& script) : script_{script} {}

  Result<Answer> fetch(const Call& call) override {
    script_.calls.push_back(call);
    if (script_.answers.empty()) return Error{Kind::unavailable, "", "nobody answers", 0, ""};
    auto answer = script_.answers.front();
    script_.answers.pop_front();
    return answer;
  }
  Result<std::string> read(const std::string& path) override {
    const auto found = script_.files.find(path);
    if (found == script_.files.end()) return Error{Kind::not_found, "", "no file " + path, 0, ""};
    return found->second;
  }
  Result<std::string> run(const std::string&) override {
    if (script_.printed.empty()) return Error{Kind::auth, "", "the command failed", 0, ""};
    auto text = script_.printed.front();
    script_.printed.pop_front();
    return text;
  }
  Moment now() override { return script_.now; }
  double chance() override { return 0.5; }
  bool wait(Retry::Delay delay) override {
    if (script_.waits.size() >= script_.waits_most) return false;
    script_.waits.push_back(delay.count());
    script_.now += std::chrono::round<std::chrono::milliseconds>(delay);
    return true;
  }

 private:
  Script& script_;
};

// Keys in the environment and a region.
[[nodiscard]] inline ClientOptions options_with_keys() {
  ClientOptions out;
  out.environment = {{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                     {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
                     {"AWS_REGION", "us-east-1"},
                     {"HOME", "/home"}};
  return out;
}

[[nodiscard]] inline Answer refusal(std::string_view code, std::string_view message = "no") {
  return {
      400,
      {{"x-amzn-RequestId", "1-2"}},
      "{\"__type\":\"" + std::string{code} + "\",\"message\":\"" + std::string{message} + "\"}"};
}
[[nodiscard]] inline Answer success(std::string_view body = "{}") {
  return {200, {}, std::string{body}};
}

}  // namespace sy::aws
