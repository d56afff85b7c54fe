// ECS as a platform: two services for each service of the application, one a color. What a service
// runs is changed by UpdateService, with a new revision of its own task definition; what became of
// it is judged by the deployment's id (ecs_progress.h). Knows nothing of traffic and records.
//
// Definitions go out by their short names, "pms-backend-staging-green:12".
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/aws/caller.h"
#include "control/aws/ecs.h"
#include "control/platform/definition.h"
#include "control/platform/ecs_progress.h"
#include "control/platform/options.h"
#include "control/platform/platform.h"
#include "control/platform/revision.h"
#include "control/terms/pace.h"
#include "control/terms/teller.h"

namespace sy::control::platform {

// What it lives in. REQUIRES: all of it outlives the platform.
struct EcsWorld {
  aws::Caller& caller;
  Pace& pace;
  Teller& teller;
  std::string region{};  // the caller's
  // When credentials end that cannot be refreshed; without it they do not.
  std::function<std::optional<WallTime>()> expires{};
  // A caller in another region, for images that are there; without it they are used by tag.
  std::function<aws::Caller*(const std::string& region)> elsewhere{};
};

class EcsPlatform final : public Platform {
 public:
  EcsPlatform(EcsWorld world, std::string app, std::string environment, Services services,
              EcsOptions options);

  Try<Caller> caller() override;
  Try<Observation> observe() override;
  // The images by digest, as ECR has them now; what is not in ECR goes by its tag, with a warning.
  Try<Artifact> find(const Version& version) override;
  // Every service is looked at, and every definition registered, before the first is changed.
  Try<> start(const Wanted& wanted, Started& started) override;
  // What passes (throttling, a server in trouble) is words, not a failure: the caller has a
  // deadline. What failed is one line for the reason, and one for each event and stopped task.
  Try<Progress> progress(const Started& started) override;
  // A service that somebody else has changed meanwhile is left alone, and is an error.
  Try<> restore(const Started& started) override;
  Try<> scale(const std::string& service, Color color, int count) override;
  Try<Started> restart(const std::string& service, Color color) override;
  Try<std::vector<std::string>> events(const std::string& service, Color color) override;
  // Asked again with the same or a later `since`, lines that were given already are left out.
  Try<std::vector<Line>> logs(const std::string& service, std::optional<Color> color,
                              WallTime since) override;
  Duration poll() const override { return options_.poll; }
  std::string name() const override { return "ecs"; }

 private:
  using ByName = std::map<std::string, aws::EcsService>;

  std::string service_name(const std::string& service, Color color) const;
  // The repository of switchctl.yaml; empty, or beginning with "/", when that does not say it all.
  std::string image_template(const std::string& service) const;
  Chosen chosen(const std::string& service) const;
  Failure missing(const std::string& name) const;

  aws::Result<ByName> look_at(const std::vector<std::string>& names);
  // One that is there, and that switchctl may change.
  Try<aws::EcsService> changeable(const ByName& all, const std::string& name) const;
  Try<aws::EcsService> changeable(const std::string& service, Color color);
  // Read once: a revision never changes, apart from its status.
  aws::Result<const aws::EcsTaskDefinition*> definition(const std::string& name);
  Try<Facts> facts(const std::string& service, const std::string& definition);
  // Of a definition whose container cannot be told, everything is empty.
  aws::Result<Facts> facts_if_clear(const std::string& service, const std::string& definition);
  aws::Result<std::vector<aws::EcsTask>> tasks(const aws::EcsTaskFilter& filter);

  Try<Running> running(const std::string& service, const aws::EcsService& now);
  Try<std::string> repository(const std::string& service);
  Try<Image> image(const std::string& repository, const Version& version, bool& found);

  // As it is now, unless this very operation has changed it already and was killed before it could
  // say so.
  Try<Before> before(const aws::EcsService& now, const std::string& op);
  Try<std::string> definition_for(const Wanted& wanted, const std::string& service,
                                  const aws::EcsService& now, const Before& before);
  Try<> bring(const aws::EcsService& now, Started::Service& to);
  Try<> take_back(const aws::EcsService& now, const Started::Service& to);
  // UpdateService, with an answer that was lost made up for by looking.
  Try<aws::EcsService> change(const aws::EcsUpdate& update, const aws::EcsService& before);

  aws::Result<Look> look(const Goal& goal, const ByName& all);
  Failure failure(const std::string& service, const Goal& goal, const Look& look,
                  const Judgement& why);

  struct LogSource {
    std::string group{};
    std::optional<std::set<std::string>> tasks{};  // only of these; empty: of any
  };
  Try<std::vector<LogSource>> log_sources(const std::string& service, std::optional<Color> color);
  aws::Result<> read_log(const LogSource& source, WallTime since, std::vector<Line>& to);

  EcsWorld world_;
  std::string app_;
  std::string environment_;
  Services services_;
  EcsOptions options_;
  std::string cluster_;
  aws::Ecs ecs_;
  std::map<std::string, aws::EcsTaskDefinition> definitions_;  // by short name
  std::map<std::string, Memory> memories_;                     // by deployment
  std::set<std::string> changed_;                              // services, by us
  std::map<std::string, WallTime> log_since_;                  // by group
  std::map<std::string, std::set<std::string>> log_given_;     // ids of events, by group
};

}  // namespace sy::control::platform
