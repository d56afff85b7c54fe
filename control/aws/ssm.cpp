#include "control/aws/ssm.h"

#include <algorithm>
#include <boost/json/value.hpp>

#include "control/aws/members.h"
#include "control/aws/redact.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

// The pages of an operation whose answers have a list of parameters. An empty page is not the end.
Result<std::vector<SsmParameter>> pages(Caller& caller, const Operation& operation,
                                        json::object input) {
  std::vector<SsmParameter> out;
  for (;;) {
    const auto answer = caller.call(operation, input);
    if (!answer) return answer.error();
    for (const auto* one : objects_of(*answer, "Parameters"))
      out.push_back(read_ssm_parameter(*one));
    const auto next = text_of(*answer, "NextToken");
    if (next.empty()) return out;
    input["NextToken"] = next;
  }
}

Error unreadable(std::string_view operation) {
  return Error{Kind::unavailable, "", "the answer to " + std::string{operation} + " has no result",
               200, ""};
}

json::object input_of(const SsmPut& put) {
  json::object out{{"Name", put.name}, {"Value", put.value}};
  if (put.overwrite) out["Overwrite"] = true;
  if (!put.description.empty()) out["Description"] = put.description;
  // Without its key, an overwritten SecureString would be sealed with the account's default one.
  if (!put.overwrite || !put.key_id.empty()) out["Type"] = put.type;
  if (!put.key_id.empty()) out["KeyId"] = put.key_id;
  if (put.overwrite) return out;
  json::array tags;
  for (const auto& [key, value] : put.tags) tags.push_back({{"Key", key}, {"Value", value}});
  if (!tags.empty()) out["Tags"] = std::move(tags);
  return out;
}

}  // namespace

SsmParameter read_ssm_parameter(const json::object& from) {
  return {.name = text_of(from, "Name"),
          .type = text_of(from, "Type"),
          .value = text_of(from, "Value"),
          .version = number_of(from, "Version").value_or(0),
          .modified_at = moment_of(from, "LastModifiedDate"),
          .modified_by = text_of(from, "LastModifiedUser"),
          .labels = texts_of(from, "Labels")};
}

Result<std::int64_t> Ssm::put_parameter(const SsmPut& put) {
  const Operation made{ssm, "AmazonSSM.PutParameter"};
  const auto answer = caller_.call(made, input_of(put));
  if (!answer) {
    Error error = answer.error();
    error.what = without(error.what, put.value);
    return error;
  }
  const auto version = number_of(*answer, "Version");
  if (!version) return unreadable("PutParameter");
  return *version;
}

Result<SsmParameter> Ssm::get_parameter(const std::string& name) {
  const Operation made{ssm, "AmazonSSM.GetParameter"};
  const auto answer = caller_.call(made, {{"Name", name}, {"WithDecryption", true}});
  if (!answer) return answer.error();
  const auto& parameter = object_of(*answer, "Parameter");
  if (parameter.empty()) return unreadable("GetParameter");
  return read_ssm_parameter(parameter);
}

Result<std::vector<SsmParameter>> Ssm::get_parameters_by_path(const std::string& path) {
  const Operation made{ssm, "AmazonSSM.GetParametersByPath"};
  return pages(caller_, made,
               {{"Path", path}, {"Recursive", true}, {"WithDecryption", true}, {"MaxResults", 10}});
}

Result<std::vector<SsmParameter>> Ssm::get_parameter_history(const std::string& name) {
  const Operation made{ssm, "AmazonSSM.GetParameterHistory"};
  auto all = pages(caller_, made, {{"Name", name}, {"WithDecryption", true}, {"MaxResults", 50}});
  if (!all) return all;
  std::sort(all->begin(), all->end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  return all;
}

Result<> Ssm::delete_parameter(const std::string& name) {
  const Operation made{ssm, "AmazonSSM.DeleteParameter"};
  const auto answer = caller_.call(made, {{"Name", name}});
  if (!answer) return answer.error();
  return {};
}

}  // namespace sy::aws
