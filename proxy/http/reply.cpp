#include "http/reply.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "http/head_writer.h"
#include "http/tokens.h"

namespace sy::http {
namespace {

constexpr std::string_view default_page =
    R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{status} {title}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.125rem/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 36rem; padding: 15vh 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
small { opacity: .8; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{detail}</p>
<p><small>{status} {request_id}</small></p>
</main>
</body>
</html>
)";

// The weight of a media range in thousandths (RFC 9110 §12.4.2); a malformed one counts as 1.
int weight(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = next_element(parameters, ';');
    if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    int value = parameter[2] == '1' ? 1000 : 0;
    int place = 100;
    for (const char c : parameter.substr(std::min<std::size_t>(4, parameter.size()))) {
      if (!is(c, class_digit)) break;
      value += (c - '0') * place;
      place /= 10;
    }
    return std::min(value, 1000);
  }
  return 1000;
}

struct Preference {
  int specific = 0;  // how exactly the best range names the type; 0: not at all
  int weight = 0;
  void offer(int how_specific, int its_weight) {
    if (how_specific < specific) return;
    weight = how_specific > specific ? its_weight : std::max(weight, its_weight);
    specific = how_specific;
  }
};

bool prefers_html(std::string_view accept) {
  Preference html;
  Preference json;
  while (!accept.empty()) {
    std::string_view element = next_element(accept);
    const std::string_view range = next_element(element, ';');
    const int q = weight(element);
    if (range == "*/*") {
      html.offer(1, q);
      json.offer(1, q);
    } else if (equals(range, "text/*")) {
      html.offer(2, q);
    } else if (equals(range, "application/*")) {
      json.offer(2, q);
    } else if (equals(range, "text/html")) {
      html.offer(3, q);
    } else if (equals(range, "application/problem+json") || equals(range, "application/json")) {
      json.offer(3, q);
    }
  }
  return html.weight > json.weight ||
         (html.weight == json.weight && html.weight > 0 && html.specific > json.specific);
}

void append_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

void append_json(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
    } else {
      out += c;
    }
  }
}

std::string html_body(const Reply& reply, std::string_view page) {
  const std::string status = std::to_string(reply.status);
  struct Slot {
    std::string_view name;
    std::string_view value;
  };
  const Slot slots[] = {{"{status}", status},
                        {"{title}", reason_phrase(reply.status)},
                        {"{detail}", reply.detail},
                        {"{request_id}", reply.request_id}};
  std::string body;
  body.reserve(page.size() + 256);
  while (!page.empty()) {
    const std::size_t brace = page.find('{');
    body.append(page.substr(0, brace));
    if (brace == page.npos) break;
    page.remove_prefix(brace);
    const auto* const slot =
        std::ranges::find_if(slots, [&](const Slot& s) { return page.starts_with(s.name); });
    const bool found = slot != std::end(slots);
    if (found) {
      append_html(body, slot->value);
    } else {
      body += '{';
    }
    page.remove_prefix(found ? slot->name.size() : 1);
  }
  return body;
}

std::string problem_body(const Reply& reply) {
  std::string body = R"({"type":"about:blank","title":")";
  append_json(body, reason_phrase(reply.status));
  body.append(R"(","status":)").append(std::to_string(reply.status)).append(R"(,"detail":")");
  append_json(body, reply.detail);
  body += '"';
  if (!reply.request_id.empty()) {
    body += R"(,"request_id":")";
    append_json(body, reply.request_id);
    body += '"';
  }
  body += "}\n";
  return body;
}

std::string_view page_for(int status, const Pages& pages) {
  auto found = pages.html.find(status);
  if (found == pages.html.end()) found = pages.html.find(0);
  return found == pages.html.end() ? default_page : std::string_view{found->second};
}

}  // namespace

void write_reply(std::string& out, const Reply& reply, std::string_view accept,
                 const Pages& pages) {
  const bool bodiless = reply.status == 204 || reply.status == 304;  // RFC 9110 §6.4.1
  const bool html = prefers_html(accept);
  std::string body;
  if (!bodiless)
    body = html ? html_body(reply, page_for(reply.status, pages)) : problem_body(reply);
  HeadWriter writer{out};
  writer.raw("HTTP/1.1 ", std::to_string(reply.status), " ", reason_phrase(reply.status), "\r\n");
  if (!reply.date.empty()) writer.line("Date", reply.date);
  if (!bodiless) {
    writer.line("Content-Type", html ? "text/html; charset=utf-8" : "application/problem+json");
    writer.line("Content-Length", body.size());
    writer.line("X-Content-Type-Options", "nosniff");
  }
  writer.line("Cache-Control", "no-store");
  if (!reply.request_id.empty()) writer.line("X-Request-Id", reply.request_id);
  if (reply.retry_after >= 0)
    writer.line("Retry-After", static_cast<std::uint64_t>(reply.retry_after));
  if (!reply.allow.empty()) writer.line("Allow", reply.allow);
  if (!reply.keep_alive) writer.line("Connection", "close");
  writer.end();
  if (!reply.head_only) writer.raw(body);
}

std::string_view reason_phrase(int status) {
  struct Phrase {
    int status;
    std::string_view text;
  };
  static constexpr Phrase phrases[] = {{100, "Continue"},
                                       {101, "Switching Protocols"},
                                       {102, "Processing"},
                                       {103, "Early Hints"},
                                       {200, "OK"},
                                       {201, "Created"},
                                       {202, "Accepted"},
                                       {203, "Non-Authoritative Information"},
                                       {204, "No Content"},
                                       {205, "Reset Content"},
                                       {206, "Partial Content"},
                                       {207, "Multi-Status"},
                                       {208, "Already Reported"},
                                       {226, "IM Used"},
                                       {300, "Multiple Choices"},
                                       {301, "Moved Permanently"},
                                       {302, "Found"},
                                       {303, "See Other"},
                                       {304, "Not Modified"},
                                       {305, "Use Proxy"},
                                       {307, "Temporary Redirect"},
                                       {308, "Permanent Redirect"},
                                       {400, "Bad Request"},
                                       {401, "Unauthorized"},
                                       {402, "Payment Required"},
                                       {403, "Forbidden"},
                                       {404, "Not Found"},
                                       {405, "Method Not Allowed"},
                                       {406, "Not Acceptable"},
                                       {407, "Proxy Authentication Required"},
                                       {408, "Request Timeout"},
                                       {409, "Conflict"},
                                       {410, "Gone"},
                                       {411, "Length Required"},
                                       {412, "Precondition Failed"},
                                       {413, "Content Too Large"},
                                       {414, "URI Too Long"},
                                       {415, "Unsupported Media Type"},
                                       {416, "Range Not Satisfiable"},
                                       {417, "Expectation Failed"},
                                       {421, "Misdirected Request"},
                                       {422, "Unprocessable Content"},
                                       {423, "Locked"},
                                       {424, "Failed Dependency"},
                                       {425, "Too Early"},
                                       {426, "Upgrade Required"},
                                       {428, "Precondition Required"},
                                       {429, "Too Many Requests"},
                                       {431, "Request Header Fields Too Large"},
                                       {451, "Unavailable For Legal Reasons"},
                                       {500, "Internal Server Error"},
                                       {501, "Not Implemented"},
                                       {502, "Bad Gateway"},
                                       {503, "Service Unavailable"},
                                       {504, "Gateway Timeout"},
                                       {505, "HTTP Version Not Supported"},
                                       {506, "Variant Also Negotiates"},
                                       {507, "Insufficient Storage"},
                                       {508, "Loop Detected"},
                                       {511, "Network Authentication Required"}};
  const auto* const found = std::ranges::lower_bound(phrases, status, {}, &Phrase::status);
  return found != std::end(phrases) && found->status == status ? found->text : "Unknown";
}

std::string http_date(std::int64_t seconds) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds at{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  char text[48];
  const int length = std::snprintf(
      text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
      days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace sy::http
