#include "guard/script.h"

#include <array>
#include <cstdio>

namespace sy::guard {
namespace {

constexpr std::string_view fields =
    "Host: shop.example.test\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Cookie: basket=4f1c0d7a; theme=dark\r\n";

std::string head_of(std::string_view start, std::string_view more) {
  return std::string{start}.append(fields).append(more).append("\r\n");
}

std::string answer_head(std::string_view framing) {
  return std::string{
      "HTTP/1.1 200 OK\r\n"
      "Server: toy\r\n"
      "Date: Mon, 01 Jan 2024 10:00:00 GMT\r\n"
      "Content-Type: application/json\r\n"
      "Cache-Control: no-cache\r\n"}
      .append(framing)
      .append("\r\n\r\n");
}

std::string chunks_of(std::size_t bytes, std::size_t size) {
  std::array<char, 20> line;
  const int length = std::snprintf(line.data(), line.size(), "%zx\r\n", size);
  std::string body;
  for (std::size_t at = 0; at < bytes; at += size)
    body.append(line.data(), static_cast<std::size_t>(length)).append(size, 'x').append("\r\n");
  return body.append("0\r\n\r\n");
}

}  // namespace

std::optional<Script> script_named(std::string_view name) {
  Script script;
  script.request = head_of("GET /offers/list?page=2 HTTP/1.1\r\n", "");
  script.body_back = 1024;
  script.answer = answer_head("Content-Length: 1024").append(1024, 'x');
  if (name == "keep-alive") return script;
  if (name == "access-log") {
    script.log = true;
    return script;
  }
  if (name == "tls") {
    script.tls = true;
    return script;
  }
  if (name == "new-connection") {
    script.anew = true;
    script.request = head_of("GET /offers/list?page=2 HTTP/1.1\r\n", "Connection: close\r\n");
    return script;
  }
  if (name == "chunked") {
    script.answer = answer_head("Transfer-Encoding: chunked").append(chunks_of(16384, 1024));
    script.body_back = 0;  // As many as it takes: the last chunk ends it.
    return script;
  }
  if (name == "post") {
    script.body_sent = 4096;
    script.request = head_of("POST /offers HTTP/1.1\r\n", "Content-Length: 4096\r\n");
    script.request.append(4096, 'x');
    return script;
  }
  return std::nullopt;
}

}  // namespace sy::guard
