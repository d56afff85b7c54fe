#include "notify/url.h"

#include <gtest/gtest.h>

namespace sy::notify {
namespace {

TEST(Url, IsTakenApart) {
  EXPECT_EQ(parse_url("https://a.test/x?y=z").value(),
            (Url{true, "a.test", 443, "a.test", "/x?y=z"}));
  EXPECT_EQ(parse_url("https://a.test:443").value(), (Url{true, "a.test", 443, "a.test", "/"}));
  EXPECT_EQ(parse_url("http://a.test:8080?y").value(),
            (Url{false, "a.test", 8080, "a.test:8080", "/?y"}));
  EXPECT_EQ(parse_url("http://[::1]:81/").value(), (Url{false, "::1", 81, "[::1]:81", "/"}));
}

TEST(Url, ThatIsNoneIsNotRepeated) {
  for (const char* text :
       {"", "ftp://secret", "secret", "https://", "https:///secret", "https://a:/secret",
        "https://a:0/secret", "https://a:65536/", "https://a:8x/", "https://u:secret@a/",
        "https://a/#secret", "https://a/ secret", "https://a/\r\nsecret", "https://[::1]x/",
        "https://[::1/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_TRUE(url.error().what.starts_with("the url ")) << url.error().what;
    EXPECT_EQ(url.error().what.find("secret"), std::string::npos) << url.error().what;
  }
}

}  // namespace
}  // namespace sy::notify
