#include "http/reply.h"

#include <gtest/gtest.h>

#include "tests/unit/http/heads.h"

namespace sy::http {
namespace {

constexpr std::string_view browser =
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

std::string written(const Reply& reply, std::string_view accept, const Pages& pages = {}) {
  std::string out;
  write_reply(out, reply, accept, pages);
  return out;
}
std::string body_of(const std::string& out) { return out.substr(out.find("\r\n\r\n") + 4); }
std::string_view type_of(const std::string& out) {
  return out.find("Content-Type: text/html; charset=utf-8\r\n") != std::string::npos ? "html"
                                                                                     : "json";
}

TEST(Reply, IsAProblemDocumentForMachines) {
  EXPECT_EQ(written({.status = 503,
                     .detail = "No upstream is ready.",
                     .request_id = "id-1",
                     .date = "Sun, 06 Nov 1994 08:49:37 GMT",
                     .retry_after = 5,
                     .keep_alive = true},
                    "application/json"),
            "HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/problem+json\r\nContent-Length: 119\r\n"
            "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nX-Request-Id: "
            "id-1\r\nRetry-After: 5\r\n\r\n"
            "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
            "\"detail\":\"No upstream is ready.\",\"request_id\":\"id-1\"}\n");
}

TEST(Reply, ClosesUnlessTold) {
  EXPECT_NE(written({.status = 400}, "").find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(written({.status = 400, .keep_alive = true}, "").find("Connection"), std::string::npos);
}

TEST(Reply, NamesTheMethodsAllowed) {
  EXPECT_NE(written({.status = 405, .allow = "GET, HEAD"}, "").find("Allow: GET, HEAD\r\n"),
            std::string::npos);
}

TEST(Reply, ToHeadHasTheLengthButNoBody) {
  const std::string whole = written({.status = 404, .detail = "x"}, browser);
  const std::string head = written({.status = 404, .detail = "x", .head_only = true}, browser);
  EXPECT_EQ(head + body_of(whole), whole);
}

TEST(Reply, NoContentHasNoBodyAndNoLength) {
  EXPECT_EQ(written({.status = 204, .keep_alive = true, .allow = "GET"}, browser),
            "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nAllow: GET\r\n\r\n");
}

TEST(Reply, LengthIsThatOfTheBody) {
  for (const std::string_view accept : {browser, std::string_view("*/*")}) {
    const std::string out =
        written({.status = 502, .detail = "caf\xc3\xa9 <&>", .request_id = "\"'"}, accept);
    EXPECT_EQ(response_of(out.substr(0, out.find("\r\n\r\n") + 4)).length, body_of(out).size());
  }
}

TEST(Reply, FollowsAccept) {
  const struct {
    std::string_view accept;
    std::string_view type;
  } cases[] = {{"", "json"},
               {"*/*", "json"},
               {browser, "html"},
               {"text/html", "html"},
               {"TEXT/HTML;q=0.1", "html"},
               {"text/*", "html"},
               {"application/json", "json"},
               {"application/json, text/html", "json"},
               {"application/json;q=0.5, text/html", "html"},
               {"application/json, text/html;q=0.9", "json"},
               {"text/html;q=0, */*", "json"},
               {"text/html;q=0", "json"},
               {"text/html;level=1;q=0.7, application/problem+json;q=0.8", "json"},
               {"image/png", "json"},
               {";;,,q=", "json"}};
  for (const auto& [accept, type] : cases)
    EXPECT_EQ(type_of(written({.status = 404}, accept)), type) << accept;
}

TEST(Reply, EscapesWhatItShows) {
  const Reply reply{.status = 400, .detail = "<b>\"&'\n\\", .request_id = "<i>"};
  const std::string page = body_of(written(reply, "text/html"));
  EXPECT_NE(page.find("&lt;b&gt;&quot;&amp;&#39;"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find("<i>"), std::string::npos);
  EXPECT_NE(body_of(written(reply, "")).find("\"detail\":\"<b>\\\"&'\\u000a\\\\\""),
            std::string::npos);
}

TEST(Reply, PageNeedsNothingFromElsewhere) {
  const std::string page = body_of(written({.status = 503, .detail = "Back soon."}, "text/html"));
  EXPECT_TRUE(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  for (const std::string outside : {"http:", "https:", "src=", "href=", "<script"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_NE(page.find("<title>503 Service Unavailable</title>"), std::string::npos);
  EXPECT_NE(page.find("<p>Back soon.</p>"), std::string::npos);
}

TEST(Reply, OwnPagesStandInForTheDefault) {
  const Pages pages{
      {{0, "any {status} {unknown} {"}, {503, "<p>{title}|{detail}|{request_id}|{status}</p>"}}};
  EXPECT_EQ(body_of(written({.status = 404}, "text/html", pages)), "any 404 {unknown} {");
  EXPECT_EQ(body_of(written({.status = 503, .detail = "{status}<", .request_id = "r"}, "text/html",
                            pages)),
            "<p>Service Unavailable|{status}&lt;|r|503</p>");
}

TEST(Reply, KnowsReasonPhrases) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(508), "Loop Detected");
  EXPECT_EQ(reason_phrase(511), "Network Authentication Required");
  EXPECT_EQ(reason_phrase(418), "Unknown");
  EXPECT_EQ(reason_phrase(999), "Unknown");
  EXPECT_EQ(reason_phrase(0), "Unknown");
}

TEST(Reply, WritesDatesAsRfc9110Does) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(http_date(4102444799), "Thu, 31 Dec 2099 23:59:59 GMT");
}

}  // namespace
}  // namespace sy::http
