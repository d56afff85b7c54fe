// The calls to ECR that tell which image a tag means. Nothing is pushed or pulled.
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/dates.h"

namespace sy::aws {

struct EcrImage {
  std::string repository{};
  std::string digest{};  // "sha256:…"
  std::vector<std::string> tags{};
  std::optional<Moment> pushed_at{};
  std::int64_t size_bytes = 0;
  bool operator==(const EcrImage&) const = default;
};

class Ecr {
 public:
  // REQUIRES: `caller` outlives this. `registry_id`: an account; empty: our own.
  explicit Ecr(Caller& caller, std::string registry_id = "")
      : caller_{caller}, registry_id_{std::move(registry_id)} {}

  // Kind::not_found: RepositoryNotFoundException or ImageNotFoundException.
  [[nodiscard]] Result<EcrImage> describe_image(const std::string& repository,
                                                const std::string& tag);
  // By digest, "sha256:…": whether it is still there.
  [[nodiscard]] Result<EcrImage> describe_digest(const std::string& repository,
                                                 const std::string& digest);
  // All images that have a tag, all pages, newest first.
  [[nodiscard]] Result<std::vector<EcrImage>> describe_images(const std::string& repository);

 private:
  [[nodiscard]] Result<EcrImage> one(const std::string& repository, boost::json::object id);
  Caller& caller_;
  std::string registry_id_;
};

[[nodiscard]] EcrImage read_ecr_image(const boost::json::object& image);

// "111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:v1" taken apart.
struct EcrName {
  std::string registry_id{};
  std::string region{};
  std::string repository{};
  std::string tag{};     // empty: none
  std::string digest{};  // empty: none
  bool operator==(const EcrName&) const = default;
};
// Nothing for images that are not in ECR.
[[nodiscard]] std::optional<EcrName> read_ecr_name(std::string_view image);

}  // namespace sy::aws
