// Which images a version is: asks ECR, so that what is started is what was looked at.
#include "control/aws/ecr.h"
#include "control/aws_failure/aws_failure.h"
#include "control/platform/ecs.h"
#include "control/terms/commit.h"

namespace sy::control::platform {

// The template, with the registry of what runs now where it names none.
Try<std::string> EcsPlatform::repository(const std::string& service) {
  const std::string wanted = image_template(service);
  if (!wanted.empty() && !wanted.starts_with('/')) return wanted;
  for (const Color color : colors) {
    const auto all = look_at({service_name(service, color)});
    if (!all) return explained(all.error(), "read the service " + service_name(service, color));
    if (all->empty()) continue;
    const auto its = facts(service, all->begin()->second.task_definition);
    if (!its) return its.error();
    const std::string runs = repository_of(its->image);
    if (wanted.empty()) return runs;
    if (runs.find('/') != std::string::npos) return runs.substr(0, runs.find('/')) + wanted;
  }
  return Failure{ExitCode::usage, "the image of the service " + service + " names no registry",
                 "Set ECR_REGISTRY, or services: " + service + ": image in switchctl.yaml."};
}

Try<Image> EcsPlatform::image(const std::string& from, const Version& version, bool& found) {
  const std::string by_tag = from + ":" + version;
  const auto name = aws::read_ecr_name(from);
  aws::Caller* caller = nullptr;
  if (name && (world_.region.empty() || name->region == world_.region)) {
    caller = &world_.caller;
  } else if (name && world_.elsewhere) {
    caller = world_.elsewhere(name->region);
  }
  if (!caller) {
    world_.teller.tell({.kind = Note::Kind::warning,
                        .step = "preflight",
                        .what = by_tag + (name ? " is in another region" : " is not in ECR") +
                                ": it is used by its tag, and was not looked for",
                        .share = -1});
    return Image{by_tag, ""};
  }
  const auto there = aws::Ecr{*caller, name->registry_id}.describe_image(name->repository, version);
  if (!there && there.error().kind == aws::Kind::not_found) {
    found = false;
    return Image{by_tag, ""};
  }
  if (!there) return explained(there.error(), "look for the image " + by_tag);
  return Image{from + "@" + there->digest, there->digest};
}

Try<Artifact> EcsPlatform::find(const Version& version) {
  Artifact out;
  out.version = version;
  out.git_sha = commit_of(version);
  std::string lacking;
  for (const auto& [service, set] : services_) {
    const auto from = repository(service);
    if (!from) return from.error();
    bool found = true;
    auto one = image(*from, version, found);
    if (!one) return one.error();
    if (!found) lacking += (lacking.empty() ? "" : ", ") + one->reference;
    out.images[service] = std::move(*one);
  }
  if (!lacking.empty())
    return Failure{ExitCode::failed, "ECR has no image " + lacking,
                   "Push it, or deploy a version that is there."};
  return out;
}

}  // namespace sy::control::platform
