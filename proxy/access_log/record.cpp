#include "access_log/record.h"

#include <array>
#include <charconv>
#include <chrono>

namespace sy::access_log {
namespace {

constexpr std::size_t request_id_max = 64;

constexpr std::array<std::string_view, 10> method_names{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "OTHER"};

void number(std::string& out, std::string_view key, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out += key;
  out.append(digits.data(), end);
}

std::uint64_t microseconds(Duration duration) {
  return duration.count() > 0 ? static_cast<std::uint64_t>(duration.count() / 1'000) : 0;
}

bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

void escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (byte < 0x20) {
    out += "\\u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
  } else {
    out += '?';  // whole UTF-8 is not ours to check here, and half of it would not be JSON
  }
}

// A member with a text value; left out when the text is empty.
void text(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += key;
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (plain(value[i])) continue;
    out += value.substr(from, i - from);
    escape(out, value[i]);
    from = i + 1;
  }
  out += value.substr(from);
  out += '"';
}

bool id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == ':' || c == '-';
}

void request_id(std::string& out, std::string_view id) {
  if (id.empty()) return;
  out += R"(,"request_id":")";
  const std::size_t from = out.size();
  out += id.substr(0, request_id_max);
  for (std::size_t i = from; i < out.size(); ++i) {
    if (!id_character(out[i])) out[i] = '?';
  }
  out += '"';
}

void two(char* at, unsigned value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

// "2024-01-01T10:00:00". REQUIRES: a year of four digits.
std::string whole_second(std::chrono::sys_seconds at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  std::string out = "0000-00-00T00:00:00";
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  two(&out[0], year / 100 % 100);
  two(&out[2], year % 100);
  two(&out[5], static_cast<unsigned>(date.month()));
  two(&out[8], static_cast<unsigned>(date.day()));
  two(&out[11], static_cast<unsigned>(clock.hours().count()));
  two(&out[14], static_cast<unsigned>(clock.minutes().count()));
  two(&out[17], static_cast<unsigned>(clock.seconds().count()));
  return out;
}

}  // namespace

std::string_view word(Method method) { return method_names[static_cast<std::size_t>(method)]; }

void Formatter::time(std::string& out, WallTime at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  if (second.time_since_epoch().count() != second_) {
    second_ = second.time_since_epoch().count();
    second_text_ = whole_second(second);
  }
  const auto millisecond = static_cast<unsigned>((at - second).count());
  std::array<char, 5> tail{'.', static_cast<char>('0' + millisecond / 100), '0', '0', 'Z'};
  two(&tail[2], millisecond % 100);
  out += R"({"time":")";
  out += second_text_;
  out.append(tail.data(), tail.size());
  out += '"';
}

void Formatter::line(std::string& out, const Record& record) {
  time(out, record.at);
  out += R"(,"method":")";
  out += word(record.method);
  out += '"';
  text(out, R"(,"service":)", record.service);
  text(out, R"(,"route":)", record.route);
  if (record.color) text(out, R"(,"color":)", name(*record.color));
  text(out, R"(,"version":)", record.version);
  number(out, R"(,"status":)", static_cast<std::uint64_t>(record.status < 0 ? 0 : record.status));
  text(out, R"(,"failure":)", record.failure);
  number(out, R"(,"total_us":)", microseconds(record.total));
  if (record.upstream > Duration::zero()) {
    number(out, R"(,"upstream_us":)", microseconds(record.upstream));
  }
  number(out, R"(,"bytes_in":)", record.bytes_in);
  number(out, R"(,"bytes_out":)", record.bytes_out);
  request_id(out, record.request_id);
  if (record.retries > 0) number(out, R"(,"retries":)", record.retries);
  if (record.replayed) out += R"(,"replayed":true)";
  if (record.tls) out += R"(,"tls":true)";
  if (record.client_closed) out += R"(,"client_closed":true)";
  out += "}\n";
}

void Formatter::gap(std::string& out, WallTime at, std::uint64_t lines) {
  time(out, at);
  number(out, R"(,"lines_dropped":)", lines);
  out += "}\n";
}

}  // namespace sy::access_log
