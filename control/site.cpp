#include "control/site.h"

#include <unistd.h>

#include <map>

#include "control/aws/client.h"
#include "control/aws_failure/aws_failure.h"
#include "control/edge/edge.h"
#include "control/platform/compose.h"
#include "control/platform/ecs.h"
#include "control/platform/static.h"
#include "control/records/file_ledger.h"
#include "control/records/ssm_ledger.h"
#include "control/static_look.h"
#include "control/terms/program.h"

namespace sy::control {
namespace {

// What is told of an attempt that failed and is followed by another.
Note told(const aws::Notice& notice) {
  return {.kind = Note::Kind::progress,
          .step = "aws",
          .what = std::string{notice.operation.substr(notice.operation.find('.') + 1)} +
                  ": attempt " + std::to_string(notice.attempt) + " failed (" +
                  (notice.error.code.empty() ? "no answer" : notice.error.code) +
                  "), trying again"};
}

// All variables of the process: the names that AWS tools look at are many, and partly made up as
// they go (AWS_ENDPOINT_URL_<SERVICE>).
aws::Environment variables_of(const config::Environment& environment) {
  aws::Environment all;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line{*entry};
    const std::string name{line.substr(0, line.find('='))};
    if (auto value = environment(name)) all.insert_or_assign(name, std::move(*value));
  }
  return all;
}

}  // namespace

struct Site::Parts {
  SystemPrograms programs{};
  // Of other regions, for images that are there.
  std::map<std::string, std::unique_ptr<aws::Client>> elsewhere{};
  std::unique_ptr<aws::Client> aws{};
  std::unique_ptr<const edge::Edge> edge{};
  std::unique_ptr<platform::Platform> platform{};
  std::unique_ptr<records::Ledger> ledger{};
};

Site::Site(config::ControlEnvironment configured, Surroundings around, Duration answer_timeout)
    : configured_{std::move(configured)}, around_{around}, parts_{std::make_unique<Parts>()} {
  configured_.edge.timeout = answer_timeout;
}

Site::~Site() = default;

Try<std::unique_ptr<aws::Client>> Site::open_aws(const std::string& region) const {
  const auto& ecs = configured_.ecs;
  aws::ClientOptions options;
  options.environment = variables_of(around_.environment);
  options.profile = ecs.profile;
  options.region = region;
  options.role_arn = ecs.role_arn;
  if (options.role_arn.empty())
    options.role_arn = aws::value_of(options.environment, "SWITCHCTL_ROLE_ARN").value_or("");
  options.keys_expire =
      aws::value_of(options.environment, "SWITCHCTL_CREDENTIAL_EXPIRATION").value_or("");
  options.endpoint_url = ecs.endpoint_url;
  options.fips = ecs.fips;
  options.ca_bundle = ecs.ca_bundle;
  options.insecure_endpoint = ecs.insecure_endpoint;
  options.session_name = "switchctl";
  options.user_agent = "switchctl";
  const aws::Hooks hooks{.now = [&pace = around_.pace] { return pace.wall(); },
                         .wait =
                             [&pace = around_.pace](aws::Retry::Delay delay) {
                               return pace.wait(std::chrono::duration_cast<Duration>(delay));
                             },
                         .observe = [&teller = around_.teller](
                                        const aws::Notice& notice) { teller.tell(told(notice)); }};
  auto opened = aws::Client::open(options, hooks);
  if (!opened) return explained(opened.error(), "use AWS for " + configured_.name);
  return std::move(*opened);
}

Try<aws::Client*> Site::aws() {
  if (!parts_->aws) {
    auto opened = open_aws(configured_.ecs.region);
    if (!opened) return opened.error();
    parts_->aws = std::move(*opened);
  }
  return parts_->aws.get();
}

Try<const edge::Edge*> Site::edge() {
  if (!parts_->edge) {
    auto opened = edge::open_edge(configured_.edge);
    if (!opened) return opened.error();
    parts_->edge = std::make_unique<const edge::Edge>(std::move(*opened));
  }
  return parts_->edge.get();
}

Try<platform::Platform*> Site::platform() {
  if (parts_->platform) return parts_->platform.get();
  switch (configured_.platform) {
    case config::PlatformKind::ecs: {
      const auto opened = open_ecs();
      if (!opened) return opened.error();
      break;
    }
    case config::PlatformKind::compose:
      parts_->platform = std::make_unique<platform::ComposePlatform>(
          platform::ComposePlatform::Setup{.app = configured_.app,
                                           .environment = configured_.name,
                                           .options = configured_.compose,
                                           .services = configured_.services},
          parts_->programs);
      break;
    case config::PlatformKind::static_:
      parts_->platform = std::make_unique<platform::StaticPlatform>(
          configured_.services, [this]() -> Try<platform::Observation> {
            const auto proxies = edge();
            if (!proxies) return proxies.error();
            const auto seen = (*proxies)->status();
            if (!seen) return seen.error();
            return observed_by(*seen);
          });
      break;
  }
  return parts_->platform.get();
}

Try<> Site::open_ecs() {
  const auto client = aws();
  if (!client) return client.error();
  platform::EcsWorld world{.caller = **client,
                           .pace = around_.pace,
                           .teller = around_.teller,
                           .region = (*client)->region()};
  world.expires = [client = *client]() -> std::optional<WallTime> {
    return client->renewable() ? std::nullopt : client->expires();
  };
  world.elsewhere = [this](const std::string& region) -> aws::Caller* {
    auto& there = parts_->elsewhere[region];
    if (there) return there.get();
    auto opened = open_aws(region);
    if (opened) there = std::move(*opened);
    return there.get();
  };
  parts_->platform = std::make_unique<platform::EcsPlatform>(
      std::move(world), configured_.app, configured_.name, configured_.services, configured_.ecs);
  return {};
}

Try<records::Ledger*> Site::ledger() {
  if (parts_->ledger) return parts_->ledger.get();
  const auto& records = configured_.records;
  if (!records.file.empty()) {
    parts_->ledger =
        std::make_unique<records::FileLedger>(records.file, configured_.name, around_.pace);
    return parts_->ledger.get();
  }
  const auto client = aws();
  if (!client) return client.error();
  parts_->ledger =
      std::make_unique<records::SsmLedger>(**client, records, configured_.name, around_.pace);
  return parts_->ledger.get();
}

}  // namespace sy::control
