#include "api/routes.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>

#include "api/conditions.h"
#include "api/json_text.h"
#include "api/translate.h"
#include "dashboard/assets.h"
#include "http/reply.h"

namespace sy::api {
namespace {

enum class Read : std::uint8_t {
  status,
  rollout,
  events,
  journal,
  history,
  dora,
  metrics,
  livez,
  readyz,
};

struct Route {
  std::string_view path;
  std::string_view method;  // GET stands for HEAD too
  std::variant<Read, Change> call;
  std::optional<Role> role;  // none: for everybody
  Color color = Color::blue;
  bool body = false;  // must be there
};

constexpr std::array table{
    Route{"/v1/status", "GET", Read::status, Role::viewer},
    Route{"/v1/rollout", "GET", Read::rollout, Role::viewer},
    Route{"/v1/events", "GET", Read::events, Role::viewer},
    Route{"/v1/journal", "GET", Read::journal, Role::viewer},
    Route{"/v1/history", "GET", Read::history, Role::viewer},
    Route{"/v1/dora", "GET", Read::dora, Role::viewer},
    Route{"/metrics", "GET", Read::metrics, std::nullopt},
    Route{"/livez", "GET", Read::livez, std::nullopt},
    Route{"/readyz", "GET", Read::readyz, std::nullopt},
    Route{"/v1/weights", "PUT", Change::weights, Role::operator_, Color::blue, true},
    Route{"/v1/switch", "POST", Change::switch_, Role::operator_, Color::blue, true},
    Route{"/v1/rollback", "POST", Change::rollback, Role::operator_},
    Route{"/v1/maintenance", "PUT", Change::maintenance, Role::operator_, Color::blue, true},
    Route{"/v1/rollouts", "POST", Change::start, Role::operator_, Color::blue, true},
    Route{"/v1/rollout/promote", "POST", Change::promote, Role::operator_},
    Route{"/v1/rollout/approve", "POST", Change::approve, Role::approver, Color::blue, true},
    Route{"/v1/rollout/pause", "POST", Change::pause, Role::operator_},
    Route{"/v1/rollout/resume", "POST", Change::resume, Role::operator_},
    Route{"/v1/rollout/abort", "POST", Change::abort, Role::operator_},
    Route{"/v1/upstreams/blue", "PUT", Change::upstreams, Role::operator_, Color::blue, true},
    Route{"/v1/upstreams/green", "PUT", Change::upstreams, Role::operator_, Color::green, true},
};

Problem problem(int status, std::string detail) {
  return {.status = status, .detail = std::move(detail)};
}

Response text_response(int status, std::string_view type, std::string body) {
  Response response{.status = status, .body = std::move(body)};
  response.fields = {{"Content-Type", std::string(type)},
                     {"Cache-Control", "no-store"},
                     {"X-Content-Type-Options", "nosniff"}};
  return response;
}

Response json_response(std::string body) {
  return text_response(200, "application/json", std::move(body));
}

Response refusal_response(const Refusal& refused) {
  Response response = problem_response(refused.problem);
  if (!refused.challenge.empty())
    response.fields.emplace_back("WWW-Authenticate", refused.challenge);
  if (refused.retry_after >= 0)
    response.fields.emplace_back("Retry-After", std::to_string(refused.retry_after));
  return response;
}

Response page_response(const dashboard::Asset& asset) {
  Response response = text_response(200, asset.type, std::string(asset.bytes));
  response.fields.emplace_back(
      "Content-Security-Policy",
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  response.fields.emplace_back("Referrer-Policy", "no-referrer");
  response.fields.emplace_back("X-Frame-Options", "DENY");
  return response;
}

std::string etag(std::uint64_t generation) { return '"' + std::to_string(generation) + '"'; }

std::string allowed_methods(std::string_view path) {
  std::string allow;
  for (const auto& route : table)
    if (route.path == path)
      allow += route.method == "GET" ? "GET, HEAD" : std::string(route.method);
  if (allow.empty() && dashboard::find(path) != nullptr) allow = "GET, HEAD";
  return allow;
}

bool is_get(std::string_view method) { return method == "GET" || method == "HEAD"; }

const Route* find_route(std::string_view path, std::string_view method) {
  const std::string_view wanted = is_get(method) ? "GET" : method;
  for (const auto& route : table)
    if (route.path == path && route.method == wanted) return &route;
  return nullptr;
}

Response nothing_here(std::string_view path) {
  const std::string allow = allowed_methods(path);
  if (allow.empty())
    return problem_response(problem(404, "there is nothing here; see docs/api.md"));
  Response response = problem_response(problem(405, "this resource answers " + allow));
  response.fields.emplace_back("Allow", allow);
  return response;
}

Credentials credentials_of(const Request& request, bool mutating) {
  return {.address = request.address,
          .authorization = field(request, "authorization"),
          .client_name = request.client_name,
          .host = field(request, "host"),
          .origin = field(request, "origin"),
          .content_type = field(request, "content-type"),
          .mutating = mutating,
          .has_body = !request.body.empty()};
}

}  // namespace

struct Routes::Call {
  const Request& request;
  const Route& route;
  Query query;
  Actor actor;
};

Response problem_response(const Problem& problem) {
  return text_response(problem.status, "application/problem+json", encode(problem));
}

std::string last_response(const Response& response, const std::string& date) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(http::reason_phrase(response.status)) +
                     "\r\nConnection: close\r\nDate: " + date + "\r\n";
  for (const auto& [name, value] : response.fields) text += name + ": " + value + "\r\n";
  if (!response.follow_from)
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  return text + "\r\n" + response.body;
}

Routes::Routes(const TimeSource& time, Control& control, Provided provided, Options options)
    : time_{time}, control_{control}, provided_{std::move(provided)}, auth_{std::move(options)} {}

net::Awaitable<Response> Routes::answer(Request request) {
  const std::string_view target = request.target;
  const auto path = target.substr(0, target.find('?'));
  if (const auto name = repeated_field(request))
    co_return problem_response(problem(400, "the field " + std::string(*name) + " is there twice"));
  if (const auto* asset = dashboard::find(path); asset != nullptr && is_get(request.method))
    co_return page_response(*asset);
  const Route* route = find_route(path, request.method);
  if (route == nullptr) co_return nothing_here(path);
  Call call{
      request, *route, parse_query(target.substr(std::min(path.size() + 1, target.size()))), {}};
  const bool changes = std::holds_alternative<Change>(route->call);
  const Credentials credentials = credentials_of(request, changes);
  if (route->role) {
    auto actor = auth_.admit(credentials, *route->role, time_.now());
    if (!actor) co_return refusal_response(actor.error());
    call.actor = std::move(*actor);
  }
  if (!changes) co_return read(call);
  co_return co_await change(call);
}

net::Awaitable<Response> Routes::change(const Call& call) {
  if (call.route.body && !call.request.has_length)
    co_return problem_response(problem(411, "send a JSON body with its Content-Length"));
  const auto known = check_query(call.query, {"dry_run"});
  if (!known) co_return problem_response(problem(known.error().status, known.error().what));
  auto intent = intent_of(call.request, call.query);
  if (!intent) co_return problem_response(problem(intent.error().status, intent.error().what));
  auto wanted = parse(std::get<Change>(call.route.call), call.route.color, call.request.body);
  if (!wanted) {
    Problem faulty = problem(400, "the body cannot be understood: see errors");
    faulty.faults = std::move(wanted.error());
    co_return problem_response(faulty);
  }
  intent->actor = call.actor.name;
  intent->approver = call.actor.role >= Role::approver;
  intent->reason = std::move(wanted->reason);
  sign(wanted->command, *intent);
  const auto applied = co_await control_.submit(std::move(wanted->command), std::move(*intent));
  if (!applied) co_return refused(applied.error());
  Response response = json_response(encode(view(*applied)));
  response.fields.emplace_back("ETag", etag(applied->generation));
  if (std::get<Change>(call.route.call) == Change::start && !applied->dry_run) {
    response.status = 202;
    response.fields.emplace_back("Location", "/v1/rollout");
  }
  co_return response;
}

Response Routes::refused(const Error& error) const {
  const director::Status now = control_.status();
  Problem told = problem(error.status, error.what);
  if (told.status < 400 || told.status > 599) told.status = 500;
  told.generation = now.generation;
  told.weights = now.state.weight;
  told.phase = now.phase;
  if (const auto runs = view(now).rollout)
    told.rollout = ProblemRollout{runs->id, runs->phase, runs->weight};
  Response response = problem_response(told);
  response.fields.emplace_back("ETag", etag(now.generation));
  if (told.status == 429 || told.status == 503) response.fields.emplace_back("Retry-After", "1");
  return response;
}

Response Routes::read(const Call& call) const {
  const auto provided = [](const std::function<std::string()>& page, std::string_view type) {
    if (!page) return problem_response(problem(503, "this proxy does not keep that"));
    return text_response(200, type, page());
  };
  switch (std::get<Read>(call.route.call)) {
    case Read::status: return status();
    case Read::rollout: return rollout();
    case Read::events: return events(call);
    case Read::journal: return journal(call);
    case Read::history: return provided(provided_.history, "application/json");
    case Read::dora: return provided(provided_.dora, "application/json");
    case Read::metrics:
      if (const auto refused = auth_.foreign(credentials_of(call.request, false)))
        return refusal_response(*refused);
      return provided(provided_.metrics, "text/plain; version=0.0.4; charset=utf-8");
    case Read::livez:
      return json_response(json_text(boost::json::value{
          {"status", "alive"}, {"version", provided_.version}, {"gitSha", provided_.git_sha}}));
    case Read::readyz: return ready();
  }
  return nothing_here({});
}

Response Routes::status() const {
  const director::Status now = control_.status();
  Response response = json_response(encode(view(now)));
  response.fields.emplace_back("ETag", etag(now.generation));
  return response;
}

Response Routes::rollout() const {
  StatusView now = view(control_.status());
  const RolloutsView seen{std::move(now.rollout), std::move(now.last_rollout),
                          std::move(now.verdict)};
  Response response = json_response(encode(seen));
  response.fields.emplace_back("ETag", etag(now.generation));
  return response;
}

Response Routes::ready() const {
  const std::string reason = provided_.not_ready ? provided_.not_ready() : std::string{};
  Response response =
      json_response(json_text(boost::json::value{{"ready", reason.empty()}, {"reason", reason}}));
  if (!reason.empty()) response.status = 503;
  return response;
}

Response Routes::journal(const Call& call) const {
  constexpr std::uint64_t most = 1'000;
  const auto known = check_query(call.query, {"after", "limit"});
  if (!known) return problem_response(problem(known.error().status, known.error().what));
  const auto after_text = value_of(call.query, "after");
  const auto after = after_text ? parse_number(*after_text) : 0;
  const auto limit = parse_number(value_of(call.query, "limit").value_or("100"));
  if (!after) return problem_response(problem(400, "after must be a sequence number"));
  if (!limit || *limit < 1 || *limit > most)
    return problem_response(problem(400, "limit must be from 1 to 1000"));
  const auto& entries = control_.journal();
  auto from = std::upper_bound(entries.begin(), entries.end(), *after,
                               [](std::uint64_t sequence, const director::Entry& entry) {
                                 return sequence < entry.sequence;
                               });
  const auto there = static_cast<std::uint64_t>(entries.end() - from);
  if (!after_text && there > *limit) from = entries.end() - static_cast<std::ptrdiff_t>(*limit);
  const auto count = std::min(*limit, static_cast<std::uint64_t>(entries.end() - from));
  JournalView seen{.entries = {}, .next = *after, .more = after_text && there > *limit};
  for (std::uint64_t i = 0; i < count; ++i, ++from) seen.entries.push_back(view(*from));
  if (!seen.entries.empty()) seen.next = seen.entries.back().sequence;
  return json_response(encode(seen));
}

Response Routes::events(const Call& call) const {
  const auto known = check_query(call.query, {});
  if (!known) return problem_response(problem(known.error().status, known.error().what));
  bool gap = false;
  const auto kept = control_.events(0, gap);
  const std::uint64_t latest = kept.empty() ? 0 : kept.back().id;
  const auto last_seen = field(call.request, "last-event-id");
  Response response = text_response(200, "text/event-stream", "retry: 2000\n\n");
  if (last_seen.empty()) {
    response.body += snapshot(latest);
    response.follow_from = latest;
    return response;
  }
  const auto after = parse_number(last_seen);
  if (!after) return problem_response(problem(400, "Last-Event-ID must be a number given by us"));
  // An id from the future is one of an earlier run of this proxy.
  if (*after > latest) response.body += "event: gap\ndata: {}\n\n" + snapshot(latest);
  response.follow_from = std::min(*after, latest);
  return response;
}

std::string Routes::snapshot(std::uint64_t id) const {
  return "id: " + std::to_string(id) +
         "\nevent: snapshot\ndata: " + encode(view(control_.status())) + "\n\n";
}

std::string Routes::news(std::uint64_t& after) const {
  bool gap = false;
  const auto events = control_.events(after, gap);
  std::string text;
  if (gap) {
    after = events.empty() ? after : events.back().id;
    return "event: gap\ndata: {}\n\n" + snapshot(after);
  }
  for (const auto& event : events) {
    text += "id: " + std::to_string(event.id) + "\nevent: " + event.type + "\ndata: " + event.json +
            "\n\n";
    after = event.id;
  }
  return text;
}

}  // namespace sy::api
