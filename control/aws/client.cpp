#include "control/aws/client.h"

#include <openssl/rand.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "control/aws/machine.h"
#include "control/aws/redact.h"
#include "control/aws/settings.h"
#include "control/aws/sigv4.h"
#include "control/aws/wire.h"

namespace sy::aws {
namespace {

namespace json = boost::json;

// The world with a clock that is set by the answers of AWS.
class SetClock final : public World {
 public:
  explicit SetClock(std::unique_ptr<World> world) : world_{std::move(world)} {}

  Result<Answer> fetch(const Call& call) override {
    const Moment sent = world_->now();
    auto answer = world_->fetch(call);
    learnt_.reset();
    if (answer && !call.direct) learnt_ = skew_.learn(sent, world_->now(), answer->fields);
    return answer;
  }
  Result<std::string> read(const std::string& path) override { return world_->read(path); }
  Result<std::string> run(const std::string& line) override { return world_->run(line); }
  Moment now() override { return world_->now() + skew_.skew(); }
  double chance() override { return world_->chance(); }
  bool wait(Retry::Delay delay) override { return world_->wait(delay); }

  // What the last answer said of the clocks.
  [[nodiscard]] const std::optional<ClockSkew::Span>& learnt() const { return learnt_; }

 private:
  std::unique_ptr<World> world_;
  ClockSkew skew_;
  std::optional<ClockSkew::Span> learnt_;
};

// RFC 9562, version 4.
std::string new_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += {digits[bytes[i] >> 4U], digits[bytes[i] & 15U]};
  }
  return out;
}

bool expired(const Error& error) {
  return error.code == "ExpiredToken" || error.code == "ExpiredTokenException";
}

// Of an answer, an object; a success that is none was damaged on the way.
Result<json::object> object_in(const Answer& answer) {
  if (answer.body.empty()) return json::object{};
  boost::system::error_code failed;
  auto body = json::parse(answer.body, failed);
  if (failed || !body.is_object())
    return Error{Kind::unavailable, "", "an answer that is not JSON", answer.status, ""};
  return std::move(body.get_object());
}

}  // namespace

// A call and how its answers are read.
struct Wanted {
  std::string_view name;
  const Service& service;
  const Request& request;
  bool quota_is_final = false;
  bool once = false;
  Error (*error_of)(const Answer&);
  Result<> (*check)(const Answer&);  // of a success
};

struct Client::Parts {
  Settings settings;
  std::function<void(const Notice&)> observe;
  SetClock world;
  Refresh refresh{};
  RetryQuota quota{};

  Parts(Settings made, std::unique_ptr<World> lived_in, std::function<void(const Notice&)> told)
      : settings{std::move(made)}, observe{std::move(told)}, world{std::move(lived_in)} {}

  Result<Credentials> credentials();
  Result<Answer> perform(const Wanted& wanted);
};

namespace {

// One attempt of many, and what they came to so far.
struct Attempts {
  const Wanted& wanted;
  Retry retry;
  std::string id = new_id();
  bool maybe_done = false;
  bool renewed = false;

  // What it came to, with everything a person needs to know.
  Result<Answer> judge(Result<Answer> answer, const Credentials& keys) {
    Error error;
    if (answer && is_success(*answer)) {
      const auto whole = wanted.check(*answer);
      if (whole) return answer;
      error = whole.error();
      error.maybe_done = true;
    } else if (answer) {
      error = wanted.error_of(*answer);
      error.maybe_done = answer->status >= 500;
    } else {
      error = answer.error();
    }
    error.what = one_line(redacted(error.what, keys), 2000);
    maybe_done = maybe_done || error.maybe_done;
    error.maybe_done = maybe_done;
    return error;
  }
};

// The numbers the retry machine wants.
Attempt attempt_of(const Wanted& wanted, const Result<Answer>& got, const SetClock& world,
                   std::string retry_after) {
  Attempt out;
  out.quota_is_final = wanted.quota_is_final;
  if (got) {
    out.status = got->status;
    return out;
  }
  const Error& error = got.error();
  const bool damaged = error.code.empty() && error.kind == Kind::unavailable;
  out.status = damaged ? 0 : error.status;
  out.code = error.code;
  out.skewed = explained_by_skew(error.code, world.learnt());
  out.retry_after = std::move(retry_after);
  return out;
}

Request signed_request(const Wanted& wanted, const Endpoint& endpoint, const Credentials& keys,
                       const Attempts& attempts, Seconds now) {
  Request out = wanted.request;
  const auto host = host_of(endpoint.url);
  out.fields.push_back({"Host", host ? *host : ""});
  out.fields.push_back({"amz-sdk-invocation-id", attempts.id});
  out.fields.push_back({"amz-sdk-request", attempts.retry.field()});
  const Scope scope{endpoint.signing_region, std::string{wanted.service.signing_name}};
  for (Field& field : sign(out, keys, scope, now)) out.fields.push_back(std::move(field));
  return out;
}

Result<> json_whole(const Answer& answer) {
  if (const auto read = object_in(answer); !read) return read.error();
  return {};
}

Result<> any_whole(const Answer&) { return {}; }

}  // namespace

Result<Credentials> Client::Parts::credentials() {
  const auto step = refresh.next(world.now());
  if (step == Refresh::Step::raise) return *refresh.refusal();
  if (step != Refresh::Step::fetch && refresh.held()) return *refresh.held();
  const StsAccess access{settings.place(sts), settings.options.session_name};
  auto got = acquire(settings.plan, access, world);
  if (!got && got.error().kind == Kind::interrupted) return got;
  if (!got && got.error().kind == Kind::unavailable && !refresh.held() &&
      std::holds_alternative<Instance>(settings.plan.origin) && got.error().status == 0) {
    // The last place that is looked at, and nobody there: this machine is no instance.
    got = Error{Kind::auth, "",
                "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, "
                "or run where a role is given",
                0, ""};
  } else if (!got) {
    Error error = got.error();
    const bool ours = error.kind == Kind::invalid || error.kind == Kind::not_found;
    if (ours) error.kind = Kind::auth;
    error.what = "no credentials from " + settings.source + ": " + error.what;
    got = error;
  }
  return refresh.settle(got, world.now(), world.chance());
}

Result<Answer> Client::Parts::perform(const Wanted& wanted) {
  const auto endpoint = settings.endpoint(wanted.service);
  if (!endpoint) return endpoint.error();
  RetryOptions retrying;
  retrying.attempts_max = settings.attempts_max;
  Attempts attempts{wanted, Retry{retrying, quota}};
  for (;;) {
    const auto keys = credentials();
    if (!keys) return keys.error();
    const auto now = std::chrono::floor<std::chrono::seconds>(world.now());
    Call call;
    call.base = endpoint->url;
    call.request = signed_request(wanted, *endpoint, *keys, attempts, now);
    call.request.fields.push_back({"User-Agent", settings.options.user_agent});
    call.timeout = settings.options.exchange_timeout;
    const auto answer = world.fetch(call);
    std::string retry_after;
    if (answer) retry_after = find(answer->fields, "x-amz-retry-after").value_or("");
    const auto got = attempts.judge(answer, *keys);
    const int made = attempts.retry.attempt();
    if (!got && expired(got.error()) && settings.renewable() && !attempts.renewed) {
      attempts.renewed = true;
      refresh.invalidate(keys->access_key_id);
      if (observe) observe({wanted.name, made, got.error(), {}});
      continue;
    }
    const auto attempt = attempt_of(wanted, got, world, std::move(retry_after));
    const auto delay = attempts.retry.after(attempt, world.chance());
    if (got || !delay) return got;
    const Error error = got.error();
    const bool final = error.kind == Kind::invalid && error.status == 0;  // Nobody was asked.
    if (final || error.kind == Kind::interrupted || (wanted.once && error.maybe_done)) return got;
    if (observe) observe({wanted.name, made, error, *delay});
    if (world.wait(*delay)) continue;
    Error stopped = error;
    stopped.kind = Kind::interrupted;
    stopped.what = "interrupted before another attempt: " + error.what;
    return stopped;
  }
}

Client::Client(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(const ClientOptions& options, const Hooks& hooks) {
  auto machine = std::make_unique<Machine>(
      MachineOptions{options.environment, options.connect_timeout}, hooks.now, hooks.wait);
  auto settings = settle(options, *machine);
  if (!settings) return settings.error();
  machine->trust(settings->ca_bundle);
  auto parts = std::make_unique<Parts>(std::move(*settings), std::move(machine), hooks.observe);
  return std::unique_ptr<Client>{new Client(std::move(parts))};
}

Result<std::unique_ptr<Client>> Client::open(const ClientOptions& options,
                                             std::unique_ptr<World> world,
                                             std::function<void(const Notice&)> observe) {
  auto settings = settle(options, *world);
  if (!settings) return settings.error();
  auto parts = std::make_unique<Parts>(std::move(*settings), std::move(world), std::move(observe));
  return std::unique_ptr<Client>{new Client(std::move(parts))};
}

Result<json::object> Client::call(const Operation& operation, const json::object& input) {
  const Request request = json_request(operation.target, json::serialize(input));
  const auto answer = parts_->perform({.name = operation.target,
                                       .service = operation.service,
                                       .request = request,
                                       .quota_is_final = operation.quota_is_final,
                                       .once = operation.once,
                                       .error_of = json_error,
                                       .check = json_whole});
  if (!answer) return answer.error();
  return object_in(*answer);
}

Result<Answer> Client::query(const Service& service, const Request& request) {
  return parts_->perform({.name = service.id,
                          .service = service,
                          .request = request,
                          .error_of = query_error,
                          .check = any_whole});
}

Result<Standing> Client::standing() {
  const auto keys = parts_->credentials();
  if (!keys) return keys.error();
  const bool token = !keys->session_token.empty();
  return Standing{parts_->settings.source, keys->expires, parts_->settings.renewable(),
                  keys->expires.has_value() || !token, keys->account_id};
}

std::optional<Moment> Client::expires() const {
  const auto& held = parts_->refresh.held();
  return held ? held->expires : std::nullopt;
}

bool Client::renewable() const { return parts_->settings.renewable(); }

const std::string& Client::region() const { return parts_->settings.region; }

Result<Endpoint> Client::endpoint(const Service& service) const {
  return parts_->settings.endpoint(service);
}

}  // namespace sy::aws
