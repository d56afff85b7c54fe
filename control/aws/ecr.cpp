#include "control/aws/ecr.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "control/aws/members.h"
#include "control/aws/text.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

Operation describe() { return {ecr, "AmazonEC2ContainerRegistry_V20150921.DescribeImages"}; }

}  // namespace

EcrImage read_ecr_image(const json::object& from) {
  return {.repository = text_of(from, "repositoryName"),
          .digest = text_of(from, "imageDigest"),
          .tags = texts_of(from, "imageTags"),
          .pushed_at = moment_of(from, "imagePushedAt"),
          .size_bytes = number_of(from, "imageSizeInBytes").value_or(0)};
}

Result<EcrImage> Ecr::one(const std::string& repository, json::object id) {
  json::object input{{"repositoryName", repository}, {"imageIds", json::array{std::move(id)}}};
  if (!registry_id_.empty()) input["registryId"] = registry_id_;
  const auto answer = caller_.call(describe(), input);
  if (!answer) return answer.error();
  const auto images = objects_of(*answer, "imageDetails");
  if (images.empty())
    return Error{Kind::not_found, "ImageNotFoundException",
                 "ECR has no such image in the repository " + repository, 200, ""};
  return read_ecr_image(*images.front());
}

Result<EcrImage> Ecr::describe_image(const std::string& repository, const std::string& tag) {
  return one(repository, {{"imageTag", tag}});
}

Result<EcrImage> Ecr::describe_digest(const std::string& repository, const std::string& digest) {
  return one(repository, {{"imageDigest", digest}});
}

Result<std::vector<EcrImage>> Ecr::describe_images(const std::string& repository) {
  json::object input{{"repositoryName", repository},
                     {"filter", json::object{{"tagStatus", "TAGGED"}}},
                     {"maxResults", 1000}};
  if (!registry_id_.empty()) input["registryId"] = registry_id_;
  std::vector<EcrImage> out;
  for (;;) {
    const auto answer = caller_.call(describe(), input);
    if (!answer) return answer.error();
    for (const auto* image : objects_of(*answer, "imageDetails"))
      out.push_back(read_ecr_image(*image));
    const auto next = text_of(*answer, "nextToken");
    if (next.empty()) break;
    input["nextToken"] = next;
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.pushed_at > b.pushed_at; });
  return out;
}

std::optional<EcrName> read_ecr_name(std::string_view image) {
  const auto slash = image.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto host = image.substr(0, slash);
  constexpr std::string_view middle = ".dkr.ecr";
  const auto dot = host.find(middle);
  if (dot != 12 || !std::all_of(host.begin(), host.begin() + 12, is_digit)) return std::nullopt;
  auto rest = host.substr(dot + middle.size());
  if (rest.starts_with("-fips")) rest.remove_prefix(5);
  if (!rest.starts_with('.')) return std::nullopt;
  rest.remove_prefix(1);
  const auto end = rest.find('.');
  if (end == std::string_view::npos || !rest.substr(end + 1).starts_with("amazonaws."))
    return std::nullopt;
  EcrName out{std::string{host.substr(0, dot)}, std::string{rest.substr(0, end)}, "", "", ""};
  auto name = image.substr(slash + 1);
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    out.digest = name.substr(at + 1);
    name = name.substr(0, at);
  }
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    out.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  out.repository = name;
  return out;
}

}  // namespace sy::aws
