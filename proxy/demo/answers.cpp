#include "demo/answers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace sy::demo {
namespace {

namespace json = boost::json;

constexpr std::uint64_t bytes_max = 256 * 1024 * 1024;

json::string_view view(std::string_view text) { return {text.data(), text.size()}; }

const Version& version(const AppOptions& options, const Knobs& knobs) {
  return knobs.version.empty() ? options.version : knobs.version;
}

// The mission guide, "Health Endpoints": the backend tells its version, the frontend does not.
Answer health(const AppOptions& options, const Knobs& knobs) {
  json::object body{{"status", knobs.healthy ? "healthy" : "unhealthy"},
                    {"service", options.app + "-" + options.service}};
  if (options.service == "backend") {
    const Version& reported = version(options, knobs);
    const auto dash = reported.find('-');
    const bool same = knobs.version.empty() || dash == Version::npos;
    body["version"] = reported;
    body["gitSha"] = same ? options.git_sha : reported.substr(dash + 1);
    body["environment"] = options.environment;
    body["buildTime"] = options.build_time;
  }
  return {.status = knobs.healthy ? 200 : 503, .body = json::serialize(body)};
}

json::object identity(const AppOptions& options, const Knobs& knobs) {
  return {{"color", view(name(options.color))},
          {"version", version(options, knobs)},
          {"service", options.service}};
}

// As text that any JSON reader takes: octets outside ASCII's printable ones become question marks.
std::string printable(std::string_view octets) {
  std::string text{octets};
  for (char& octet : text) {
    if (octet < ' ' || octet > '~') octet = '?';
  }
  return text;
}

Answer echo(const AppOptions& options, const Knobs& knobs, const Question& question) {
  json::object body = identity(options, knobs);
  body["method"] = view(question.method);
  body["path"] = view(question.path);
  body["body_bytes"] = question.body_bytes;
  body["request_id"] = view(question.request_id);
  if (question.body_bytes > 0) body["body"] = printable(question.body);
  return {.body = json::serialize(body)};
}

constexpr std::string_view page_head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Toy practice management</title>
<style>
body{font:16px system-ui,sans-serif;margin:0;color:#fff;min-height:100vh;display:grid;place-items:center}
body.blue{background:#1d4ed8}body.green{background:#15803d}
main{text-align:center}h1{font-size:3rem;margin:.2em}
#past{display:flex;flex-wrap:wrap;gap:3px;justify-content:center;max-width:40rem;margin:1rem auto}
#past i{width:12px;height:24px;border-radius:3px;border:1px solid #fff8}
i.blue{background:#60a5fa}i.green{background:#4ade80}i.failed{background:#dc2626}
</style></head>
)";

constexpr std::string_view page_script = R"(<p>API: <b id="now">asking</b></p><div id="past"></div>
<script>
async function ask(){
  let color="failed",text="failed";
  try{
    const r=await fetch("/api/version",{cache:"no-store"});
    const v=await r.json();
    if(r.ok){color=v.color;text=v.color+" "+v.version}else{text="status "+r.status}
  }catch(e){text="no answer"}
  document.getElementById("now").textContent=text;
  const past=document.getElementById("past"),box=document.createElement("i");
  box.className=color;box.title=text;past.append(box);
  while(past.childElementCount>120)past.firstChild.remove();
}
ask();setInterval(ask,1000);
</script></main></body></html>
)";

Answer page(const AppOptions& options, const Knobs& knobs) {
  std::string body{page_head};
  body += "<body class=\"" + std::string{name(options.color)} + "\"><main><h1>" +
          std::string{name(options.color)} + "</h1><p>page: " + version(options, knobs) + "</p>\n";
  body += page_script;
  return {.type = "text/html; charset=utf-8", .body = std::move(body)};
}

Answer bytes(std::string_view query) {
  const auto size = std::min(query_number(query, "n", 1024), bytes_max);
  return {.type = "application/octet-stream", .body = std::string(size, 'x')};
}

}  // namespace

std::string_view health_path(const AppOptions& options) {
  return options.service == "backend" ? "/healthz" : "/health";
}

bool is_health(const AppOptions& options, std::string_view path) {
  return path == health_path(options);
}

Answer problem(int status, std::string_view detail) {
  const json::object body{{"status", status}, {"detail", view(detail)}};
  return {.status = status, .type = "application/problem+json", .body = json::serialize(body)};
}

std::uint64_t query_number(std::string_view query, std::string_view name, std::uint64_t otherwise) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    const auto text = pair.substr(equals + 1);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
  }
  return otherwise;
}

Answer answer(const AppOptions& options, const Knobs& knobs, const Question& question) {
  if (is_health(options, question.path)) return health(options, knobs);
  if (options.service != "backend") return page(options, knobs);
  if (question.path == "/api/bytes") return bytes(question.query);
  if (question.path == "/api/version") return {.body = json::serialize(identity(options, knobs))};
  if (question.path.starts_with("/api/")) return echo(options, knobs, question);
  return problem(404, "no such path");
}

}  // namespace sy::demo
