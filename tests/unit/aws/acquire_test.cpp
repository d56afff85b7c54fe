// Plans for credentials carried out against recorded traffic, and what the recordings leave out.
#include "control/aws/acquire.h"

#include <deque>
#include <map>
#include <set>

#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using namespace std::chrono_literals;
using vectors::text_of;
using vectors::json::object;
using AcquireVectors = vectors::Suite;

struct Exchange {
  std::string method;
  std::string url;
  Fields fields;
  Answer answer;
};

std::string decoded(std::string_view base64) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : base64) {
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6U) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return out;
}

// Answers in the order recorded, and checks that it is asked as recorded.
class RecordedWorld : public World {
 public:
  std::deque<Exchange> exchanges;
  std::filesystem::path files;  // stands for /
  std::map<std::string, std::string> printed;
  std::vector<Call> calls;
  std::vector<double> waits;

  Result<Answer> fetch(const Call& call) override {
    calls.push_back(call);
    if (exchanges.empty()) return Error{Kind::unavailable, "", "nobody answers", 0, ""};
    const Exchange exchange = exchanges.front();
    exchanges.pop_front();
    EXPECT_EQ(call.request.method, exchange.method);
    std::string url = call.base + call.request.target;
    if (url.ends_with('/') && !exchange.url.ends_with('/')) url.pop_back();
    EXPECT_EQ(url, exchange.url);
    for (const Field& field : exchange.fields)
      EXPECT_EQ(find(call.request.fields, field.name), field.value) << field.name;
    return exchange.answer;
  }
  Result<std::string> read(const std::string& path) override {
    const auto file = files / path.substr(1);
    if (!std::filesystem::is_regular_file(file)) return mistake("no file " + path);
    return vectors::read_file(file);
  }
  Result<std::string> run(const std::string& line) override {
    if (line.find("base64 --decode") != std::string::npos) return decoded(line.substr(5));
    if (printed.count(line)) return printed.at(line);
    return mistake("the command failed");
  }
  Moment now() override { return Moment{1'628'000'000s}; }
  double chance() override { return 1.0; }
  bool wait(Retry::Delay delay) override {
    waits.push_back(delay.count());
    return true;
  }
};

// Fields that say something here; the others are of the kit that recorded them.
Fields wanted_fields(const object& headers) {
  static const std::set<std::string, std::less<>> names{"x-aws-ec2-metadata-token",
                                                        "x-aws-ec2-metadata-token-ttl-seconds"};
  Fields out;
  for (const auto& [name, values] : headers) {
    const std::string lower = lowered(name);
    const std::string value{values.as_array().at(0).as_string()};
    const bool token = lower == "authorization" && !value.starts_with("AWS4");
    if (token || names.count(lower) > 0) out.push_back({lower, value});
  }
  return out;
}

std::deque<Exchange> recorded(const std::filesystem::path& file) {
  std::deque<Exchange> out;
  const auto traffic = vectors::read_json(file);
  for (const auto& event : traffic.at("events").as_array()) {
    const object& action = event.at("action").as_object();
    if (const auto* request = action.if_contains("Request")) {
      const object& sent = request->at("request").as_object();
      out.push_back({text_of(sent, "method"),
                     text_of(sent, "uri"),
                     wanted_fields(sent.at("headers").as_object()),
                     {}});
    } else if (const auto* response = action.if_contains("Response")) {
      out.back().answer.status =
          static_cast<int>(response->at("response").at("Ok").at("status").as_int64());
    } else if (const auto* piece = action.if_contains("Data")) {
      const object& part = piece->as_object();
      if (text_of(part, "direction") == "Response")
        out.back().answer.body += text_of(part.at("data").as_object(), "Utf8");
    }
  }
  return out;
}

Environment read_environment(const std::filesystem::path& file) {
  Environment out;
  const auto read = vectors::read_json(file);
  for (const auto& [name, value] : read.as_object()) out[name] = value.as_string();
  return out;
}

// All that stands between a machine and its credentials, from its files on.
Result<Credentials> obtain(const Environment& environment, std::string_view flag, World& world) {
  const FileLocations files = file_locations(environment);
  const auto config = world.read(files.config);
  const auto secrets = world.read(files.credentials);
  const auto profiles = read_profiles(config ? *config : "", secrets ? *secrets : "");
  if (!profiles) return profiles.error();
  const auto plan = choose_source({flag, "", environment, *profiles});
  if (!plan) return plan.error();
  const std::string name = selected_profile(flag, environment);
  const auto found = profiles->profiles.find(name);
  const Properties own = found == profiles->profiles.end() ? Properties{} : found->second;
  const auto region = selected_region("", environment, own);
  const Place place{
      region ? *region : "",
      switched_on(environment, "AWS_USE_FIPS_ENDPOINT", own, "use_fips_endpoint"),
      switched_on(environment, "AWS_USE_DUALSTACK_ENDPOINT", own, "use_dualstack_endpoint"),
      configured_endpoint({"", environment, *profiles, name}, sts.id)};
  return acquire(*plan, {place, "session"}, world);
}

void expect_credentials(const Result<Credentials>& got, const object& wanted) {
  ASSERT_TRUE(got) << got.error().what;
  EXPECT_EQ(got->access_key_id, text_of(wanted, "access_key_id"));
  EXPECT_EQ(got->secret_access_key, text_of(wanted, "secret_access_key"));
  EXPECT_EQ(got->session_token, text_of(wanted, "session_token"));
  EXPECT_EQ(got->account_id, text_of(wanted, "account_id"));
  const auto* expiry = wanted.if_contains("expiry");
  ASSERT_EQ(got->expires.has_value(), expiry != nullptr);
  if (!expiry) return;
  EXPECT_EQ(*got->expires, Moment{std::chrono::seconds{expiry->as_int64()}});
}

void play(const std::filesystem::path& folder, bool by_flag) {
  RecordedWorld world;
  world.files = folder / "fs";
  world.exchanges = recorded(folder / "http-traffic.json");
  world.printed["echo 'invalid json'"] = "invalid json";
  const Environment environment = read_environment(folder / "env.json");
  const std::string flag = by_flag ? selected_profile("", environment) : "";
  const auto test = vectors::read_json(folder / "test-case.json");
  const object& result = test.at("result").as_object();

  const auto got = obtain(environment, flag, world);

  if (const auto* wanted = result.if_contains("Ok")) {
    expect_credentials(got, wanted->as_object());
  } else {
    EXPECT_FALSE(got);
  }
  EXPECT_TRUE(world.exchanges.empty());
}

int play_all(const std::filesystem::path& folder, bool by_flag, int& aside) {
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    SCOPED_TRACE(name);
    if (!std::filesystem::is_directory(entry.path())) continue;
    const bool sso = name.find("sso") != std::string::npos;
    sso ? ++aside : ++cases;
    if (!sso) play(entry.path(), by_flag);
  }
  return cases;
}

TEST_F(AcquireVectors, EveryRecordedChainEndsAsItDid) {
  int aside = 0;
  const int cases = play_all(file("credentials/default-credential-provider-chain"), false, aside);
  EXPECT_EQ(cases + aside, 29);
  report("default-credential-provider-chain", cases, std::to_string(aside) + " of SSO aside");
}

TEST_F(AcquireVectors, EveryRecordedProfileEndsAsItDid) {
  int aside = 0;
  const int cases = play_all(file("credentials/profile-provider"), true, aside);
  EXPECT_EQ(cases + aside, 18);
  report("profile-provider", cases, std::to_string(aside) + " of SSO aside");
}

const StsAccess virginia{{"us-east-1", false, false, ""}, "session"};

constexpr const char* assumed =
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>B</AccessKeyId>"
    "<SecretAccessKey>t</SecretAccessKey><SessionToken>u</SessionToken></Credentials>"
    "</AssumeRoleResult></AssumeRoleResponse>";

TEST(Acquire, AWorkflowsTokenIsAskedForAndExchanged) {
  RecordedWorld world;
  world.exchanges = {{"GET",
                      "https://token.example/x?a=b&audience=sts.amazonaws.com",
                      {{"authorization", "bearer secret"}},
                      {200, {}, R"({"value":"jwt"})"}},
                     {"POST", "https://sts.us-east-1.amazonaws.com/", {}, {200, {}, assumed}}};
  const Workflow workflow{"https://token.example/x?a=b", "secret", "arn:r"};

  const auto keys = acquire({workflow, {}}, virginia, world);

  EXPECT_EQ(keys->access_key_id, "B");
  EXPECT_NE(world.calls.back().request.body.find("WebIdentityToken=jwt"), std::string::npos);
  EXPECT_FALSE(find(world.calls.back().request.fields, "Authorization"));
}

TEST(Acquire, AWorkflowsTokenIsNotSentOverPlainHttp) {
  RecordedWorld world;
  EXPECT_FALSE(acquire({Workflow{"http://token.example/", "secret", "arn"}, {}}, virginia, world));
  EXPECT_TRUE(world.calls.empty());
}

TEST(Acquire, EachAttemptIsSignedAndThrottlesAreWaitedOut) {
  RecordedWorld world;
  const Answer slow{400,
                    {{"x-amz-retry-after", "2500"}},
                    "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"};
  const std::string url = "https://sts.us-east-1.amazonaws.com/";
  world.exchanges = {{"POST", url, {}, slow}, {"POST", url, {}, {200, {}, assumed}}};
  const Credentials base{"A", "s", "t", "", std::nullopt};

  EXPECT_TRUE(acquire({base, {Role{"arn:r", "", "", "", ""}}}, virginia, world));

  EXPECT_EQ(world.waits, std::vector<double>{2.5});
  EXPECT_TRUE(find(world.calls.at(1).request.fields, "Authorization"));
  EXPECT_EQ(find(world.calls.at(1).request.fields, "Host"), "sts.us-east-1.amazonaws.com");
  EXPECT_EQ(find(world.calls.at(1).request.fields, "X-Amz-Security-Token"), "t");
}

TEST(Acquire, WhatIsOfThisMachineIsNeverProxied) {
  RecordedWorld world;
  EXPECT_FALSE(acquire({Instance{}, {}}, virginia, world));
  EXPECT_EQ(world.calls.size(), 1U);
  EXPECT_TRUE(world.calls.at(0).direct);
  EXPECT_EQ(world.calls.at(0).timeout, 1s);
}

TEST(Acquire, ATokenWithALineEndIsNotSent) {
  RecordedWorld world;
  const Container container{"http://169.254.170.2/v2", "", "secret\r\nHost: evil"};
  const auto refused = acquire({container, {}}, virginia, world);
  EXPECT_EQ(refused.error().what, "the container's authorization token has a line end in it");
  EXPECT_TRUE(world.calls.empty());
}

TEST(Acquire, ARoleThatWantsACodeIsRefused) {
  RecordedWorld world;
  const Credentials base{"A", "s", "", "", std::nullopt};
  EXPECT_FALSE(acquire({base, {Role{"arn", "", "", "", "mfa"}}}, virginia, world));
  EXPECT_TRUE(world.calls.empty());
}

}  // namespace
}  // namespace sy::aws
