#include "tests/integration/platform/ecs_world.h"

namespace sy::control::platform {
namespace {

namespace json = boost::json;

constexpr const char* registry = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
constexpr int looks_max = 100;

}  // namespace

std::unique_ptr<FakeAws> EcsWorldCase::fake_;

Instant TurningPace::now() const { return std::chrono::steady_clock::now(); }
WallTime TurningPace::wall() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
bool TurningPace::wait(Duration duration) {
  fake.call("POST", "advance",
            {{"seconds", std::chrono::duration_cast<std::chrono::seconds>(duration).count()}});
  return true;
}

void EcsWorldCase::SetUpTestSuite() { fake_ = std::make_unique<FakeAws>(); }
void EcsWorldCase::TearDownTestSuite() { fake_.reset(); }

void EcsWorldCase::SetUp() {
  environment_ = testing::UnitTest::GetInstance()->current_test_info()->name();
  pace_ = std::make_unique<TurningPace>(*fake_);
  aws::ClientOptions options;
  options.environment = {{"AWS_ENDPOINT_URL", fake_->said("url")},
                         {"AWS_REGION", "us-east-1"},
                         {"AWS_ACCESS_KEY_ID", fake_->said("access_key_id")},
                         {"AWS_SECRET_ACCESS_KEY", fake_->said("secret_access_key")},
                         {"HOME", "/nonexistent"}};
  aws::Hooks hooks;
  hooks.now = [this] {
    const auto now = std::chrono::system_clock::now() + waited_;
    return std::chrono::floor<std::chrono::milliseconds>(now);
  };
  hooks.wait = [this](aws::Retry::Delay) {
    waited_ += std::chrono::seconds{1};
    return true;
  };
  auto client = aws::Client::open(options, hooks);
  ASSERT_TRUE(client) << client.error().what;
  client_ = std::move(*client);
  renew();
}

void EcsWorldCase::renew(int failed_tasks_max) {
  EcsOptions options;
  options.failed_tasks_max = failed_tasks_max;
  const Services services{{"backend", {.image = std::string{registry} + "/{app}-{service}"}}};
  const EcsWorld world{*client_, *pace_, teller_, client_->region(), {}, {}};
  ecs_ = std::make_unique<EcsPlatform>(world, "pms", environment_, services, options);
}

void EcsWorldCase::TearDown() {
  for (const auto& [service, values] : before_)
    fake_->call("PUT", "settings", json::object{{service, values}});
  const auto verdict = fake_->call("GET", "verdict");
  EXPECT_TRUE(verdict.at("ok").as_bool()) << json::serialize(verdict);
  fake_->call("DELETE", "faults");
}

json::object EcsWorldCase::breaker(bool on, bool rollback) {
  return {{"deploymentCircuitBreaker", json::object{{"enable", on}, {"rollback", rollback}}}};
}

void EcsWorldCase::push(const std::string& tag, const std::string& fate) {
  const json::object one{{"repository", "pms-backend"}, {"tag", tag}};
  const auto made = fake_->call("POST", "seed", json::object{{"images", json::array{one}}});
  const json::object fares{{"image", made.at("images").at(0).at("digest")}, {"fate", fate}};
  fake_->call("POST", "seed", json::object{{"fates", json::array{fares}}});
}

void EcsWorldCase::seed(const json::object& deployment) {
  push("v1");
  json::array definitions;
  json::array services;
  for (const char* color : {"blue", "green"}) {
    const std::string name = "pms-backend-" + environment_ + "-" + color;
    const json::object tag{{"key", "team"}, {"value", "pms"}};
    definitions.push_back(json::object{{"family", name},
                                       {"image", std::string{registry} + "/pms-backend:v1"},
                                       {"environment", {{"VERSION", "v1"}, {"MODE", ""}}},
                                       {"tags", json::array{tag}},
                                       {"pidMode", "task"}});
    services.push_back(json::object{{"cluster", "pms-" + environment_},
                                    {"serviceName", name},
                                    {"taskDefinition", name},
                                    {"desiredCount", color == std::string{"blue"} ? 2 : 0},
                                    {"deploymentConfiguration", deployment}});
  }
  fake_->call("POST", "seed",
              json::object{{"task_definitions", definitions}, {"services", services}});
}

void EcsWorldCase::settings(const std::string& service, const json::object& values) {
  json::object before;
  for (const auto& [name, value] : values) {
    before[name] = value.is_bool() ? json::value(false) : json::value(name == "page" ? 100 : 0);
  }
  before_.emplace_back(service, before);
  fake_->call("PUT", "settings", json::object{{service, values}});
}

void EcsWorldCase::sow(const std::string& kind, const std::string& operation, int count,
                       const json::object& more) {
  json::object fault{{"kind", kind}, {"operation", operation}, {"count", count}};
  for (const auto& [name, value] : more) fault[name] = value;
  fake_->call("POST", "faults", fault);
}

void EcsWorldCase::later(const std::string& perform, json::object input, int seconds) {
  input["cluster"] = "pms-" + environment_;
  input["service"] = green_name();
  fake_->call("POST", "later",
              json::object{{"perform", perform}, {"input", input}, {"after", seconds}});
}

void EcsWorldCase::advance(int seconds) {
  fake_->call("POST", "advance", json::object{{"seconds", seconds}});
}

std::vector<json::object> EcsWorldCase::inputs(const std::string& operation) {
  std::vector<json::object> out;
  const auto all = fake_->call("GET", "requests?operation=" + operation);
  for (const auto& one : all.at("requests").as_array()) {
    const auto& input = one.at("input").as_object();
    const auto text = json::serialize(input);
    if (text.find("pms-" + environment_ + "\"") != std::string::npos ||
        text.find("-" + environment_ + "-") != std::string::npos)
      out.push_back(input);
  }
  return out;
}

Try<> EcsWorldCase::start(const std::string& tag) {
  const auto artifact = ecs_->find(tag);
  if (!artifact) return artifact.error();
  Wanted wanted;
  wanted.color = Color::green;
  wanted.artifact = *artifact;
  wanted.counts["backend"] = 2;
  wanted.op = "deploy-" + tag;  // every deploy has its own
  return ecs_->start(wanted, started_);
}

Try<Progress> EcsWorldCase::wait_for(const Started& one) {
  for (int look = 0; look < looks_max; ++look) {
    auto now = ecs_->progress(one);
    if (!now || now->up || now->failed) return now;
    if (!pace_->wait(ecs_->poll())) break;
  }
  return Failure{ExitCode::timed_out, "neither up nor failed", ""};
}

std::string EcsWorldCase::failure_of(const Started& one) {
  const auto out = wait_for(one);
  EXPECT_TRUE(out) << out.error().what;
  if (!out || !out->failed) return "";
  return out->failed->what;
}

Running EcsWorldCase::observed(Color color) { return ecs_->observe().value().at("backend")[color]; }

}  // namespace sy::control::platform
