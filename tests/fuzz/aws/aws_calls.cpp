// Any JSON object as what AWS answers to each call: no crash, and what is read of it can be relied
// on. Any text as the line of a credential_process and as the name of an image.
#include <boost/json.hpp>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "control/aws/command.h"
#include "control/aws/ecr.h"
#include "control/aws/ecs.h"
#include "control/aws/logs.h"
#include "control/aws/ssm.h"
#include "control/aws/transport.h"

namespace {

namespace json = boost::json;
using namespace sy::aws;

// Answers every call alike, and says after a few pages that there are no more.
class Alike final : public Caller {
 public:
  explicit Alike(json::object answer) : answer_{std::move(answer)} {}
  Result<json::object> call(const Operation&, const json::object&) override {
    if (++calls_ > 4) return Error{Kind::unavailable, "", "enough", 0, ""};
    return answer_;
  }
  Result<Answer> query(const Service&, const Request&) override { return Answer{}; }
  void again() { calls_ = 0; }

 private:
  json::object answer_;
  int calls_ = 0;
};

void every_call(Alike& caller) {
  Ecs ecs{caller, "c"};
  Ssm ssm{caller};
  Ecr ecr{caller};
  if (const auto got = ecs.describe_service("s")) {
    const auto* primary = got->primary();
    SY_CHECK(!primary || primary->status == "PRIMARY");
    SY_CHECK(!primary || got->deployment(primary->id));
  }
  caller.again();
  std::ignore = ecs.update_service({.service = "s"});
  if (const auto got = ecs.describe_task_definition("f")) {
    SY_CHECK(!got->arn.empty());
    SY_CHECK(!registrable(*got).contains("taskDefinitionArn"));
  }
  caller.again();
  std::ignore = ecs.list_tasks({.service = "s"});
  caller.again();
  if (const auto got = ecs.describe_tasks({"t"})) {
    for (const auto& task : got->tasks) {
      SY_CHECK(task.arn.ends_with(task.id) && task.id.find('/') == std::string::npos);
      for (const auto& address : task.addresses) SY_CHECK(!address.empty());
    }
  }
  caller.again();
  std::ignore = ecs.describe_service_deployment("a");
  std::ignore = ssm.put_parameter({.name = "/a", .value = "v"});
  std::ignore = ssm.get_parameter("/a");
  caller.again();
  if (const auto got = ssm.get_parameter_history("/a")) {
    for (std::size_t i = 1; i < got->size(); ++i)
      SY_CHECK((*got)[i - 1].version <= (*got)[i].version);
  }
  caller.again();
  std::ignore = ecr.describe_images("r");
  caller.again();
  std::ignore = ecr.describe_image("r", "t");
  std::ignore = filter_log_events(caller, {.group = "/g"});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(bytes), size};
  if (const auto words = split_words(text)) SY_CHECK(!words->empty());
  if (const auto name = read_ecr_name(text)) SY_CHECK(name->registry_id.size() == 12);
  if (const auto head = head_of({"GET", "/", {{"X", text}}, ""}, "h"))
    SY_CHECK(head->find("\r\n\r\n") == head->size() - 4);
  boost::system::error_code failed;
  auto value = json::parse(text, failed);
  if (failed || !value.is_object()) return 0;
  Alike caller{std::move(value.get_object())};
  every_call(caller);
  return 0;
}
