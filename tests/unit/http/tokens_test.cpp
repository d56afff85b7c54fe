#include "http/tokens.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "http/authority.h"
#include "http/scan.h"

namespace sy::http {
namespace {

TEST(Tokens, KnowEveryFieldWhateverItsCase) {
  const struct {
    std::string name;
    FieldId id;
  } cases[] = {{"Connection", FieldId::connection},
               {"Content-Length", FieldId::content_length},
               {"Transfer-Encoding", FieldId::transfer_encoding},
               {"Host", FieldId::host},
               {"Upgrade", FieldId::upgrade},
               {"TE", FieldId::te},
               {"Trailer", FieldId::trailer},
               {"Expect", FieldId::expect},
               {"Keep-Alive", FieldId::keep_alive},
               {"Proxy-Connection", FieldId::proxy_connection},
               {"Via", FieldId::via},
               {"Date", FieldId::date},
               {"Max-Forwards", FieldId::max_forwards},
               {"Cookie", FieldId::cookie},
               {"Set-Cookie", FieldId::set_cookie},
               {"Forwarded", FieldId::forwarded},
               {"X-Forwarded-For", FieldId::x_forwarded_for},
               {"X-Forwarded-Proto", FieldId::x_forwarded_proto},
               {"X-Forwarded-Host", FieldId::x_forwarded_host},
               {"X-Request-Id", FieldId::x_request_id},
               {"Traceparent", FieldId::traceparent},
               {"Idempotency-Key", FieldId::idempotency_key},
               {"Accept", FieldId::accept},
               {"X-Switchyard-Color", FieldId::switchyard_color},
               {"X-Switchyard-Token", FieldId::switchyard_token},
               {"HTTP2-Settings", FieldId::http2_settings},
               {"Proxy-Authenticate", FieldId::proxy_authenticate},
               {"X-Whatever", FieldId::other},
               {"Hos", FieldId::other},
               {"Hosts", FieldId::other},
               {"", FieldId::other}};
  for (const auto& [name, id] : cases) {
    std::string upper;
    std::string lowered;
    for (const char c : name) {
      upper += static_cast<char>(std::toupper(c));
      lowered += lower(c);
    }
    EXPECT_EQ(field_id(name), id) << name;
    EXPECT_EQ(field_id(upper), id) << upper;
    EXPECT_EQ(field_id(lowered), id) << lowered;
  }
}

TEST(Tokens, ClassEveryByteAsTheGrammarDoes) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const bool alnum = i < 128 && std::isalnum(i) != 0;
    const bool tchar =
        alnum || (i != 0 && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    EXPECT_EQ(is(c, class_token), tchar) << i;
    EXPECT_EQ(is(c, class_plain), alnum || c == '-') << i;
    EXPECT_EQ(is(c, class_target), i > 0x20 && i < 0x7f && c != '#') << i;
    EXPECT_EQ(is(c, class_text), c == '\t' || (i >= 0x20 && i != 0x7f)) << i;
    EXPECT_EQ(is(c, class_hex), i < 128 && std::isxdigit(i) != 0) << i;
  }
}

TEST(Scan, FindsTheFirstControlByteAtEveryPlaceAmongAnyBytes) {
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (const char filler : {'a', '\t', ' ', '\x80', '\xff', '~'}) {
        for (const char stop : {'\r', '\n', '\0', '\x1f', '\x7f'}) {
          std::string text(size, filler);
          text[place] = stop;
          EXPECT_EQ(find_control(text.data(), text.data() + size) - text.data(),
                    static_cast<std::ptrdiff_t>(place));
        }
      }
    }
  }
}

TEST(Scan, FindsTheFirstLineFeedAtEveryPlace) {
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      std::string text(size, '\x0b');
      for (std::size_t i = place; i < size; ++i) text[i] = '\n';
      EXPECT_EQ(find_lf(text.data(), text.data() + size) - text.data(),
                static_cast<std::ptrdiff_t>(place));
    }
  }
}

TEST(Authority, TakesHostsAndPortsApart) {
  const struct {
    std::string text;
    std::string host;
    int port;
  } cases[] = {{"a", "a", -1},
               {"A.test:80", "A.test", 80},
               {"a.test:", "a.test", -1},
               {"127.0.0.1:65535", "127.0.0.1", 65535},
               {"[::1]", "[::1]", -1},
               {"[2001:db8::1]:8080", "[2001:db8::1]", 8080},
               {"under_score.test", "under_score.test", -1},
               {"caf%C3%A9.test", "caf%C3%A9.test", -1}};
  for (const auto& [text, host, port] : cases) {
    const auto authority = parse_authority(text);
    ASSERT_TRUE(authority) << text;
    EXPECT_EQ(authority->host, host);
    EXPECT_EQ(authority->port, port) << text;
  }
}

TEST(Authority, RefusesWhatIsNoHost) {
  for (const std::string text :
       {"",     ":80", "a b",    "a,b",     "u@a",      "u:p@a", "a/x",
        "a?x",  "a#x", "a:x",    "a:65536", "a:123456", "a:-1",  "a:80:80",
        "[::1", "::1", "[::1]x", "[::1]80", "[]",       "[a]",   "[::1%25eth0]",
        "a%",   "a%4", "a%zz",   "a\\b",    "a\"b",     "<a>",   "caf\xc3\xa9"})
    EXPECT_FALSE(parse_authority(text)) << text;
}

TEST(Authority, ComparesWithTheDefaultPort) {
  const Authority bare{"A.test", "A.test", -1};
  const Authority eighty{"a.test:80", "a.test", 80};
  const Authority other{"b.test", "b.test", -1};
  EXPECT_TRUE(same_origin(bare, eighty, 80));
  EXPECT_FALSE(same_origin(bare, eighty, 443));
  EXPECT_FALSE(same_origin(bare, eighty, -1));
  EXPECT_FALSE(same_origin(bare, other, 80));
}

}  // namespace
}  // namespace sy::http
