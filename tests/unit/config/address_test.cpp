#include "config/address.h"

#include <gtest/gtest.h>

namespace sy::config {
namespace {

template <class Decoder>
std::string text_of(const Decoder& decoder, std::string_view text) {
  std::string out;
  const Fault fault = decoder(text, out);
  return fault ? "fault: " + *fault : out;
}

TEST(Address, IsNumericWithAPort) {
  Address address;
  EXPECT_EQ(decode_address("127.0.0.1:8080", address), std::nullopt);
  EXPECT_EQ(address, (Address{"127.0.0.1", 8080}));
  EXPECT_EQ(decode_address("[0:0::1]:65535", address), std::nullopt);
  EXPECT_EQ(address, (Address{"::1", 65535}));
  EXPECT_EQ(show(address), "[::1]:65535");
  for (const std::string text :
       {"", ":80", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:080",
        "::1:80", "[127.0.0.1]:80", "[::1]", "[::1]x:80", "[::1"}) {
    EXPECT_EQ(decode_address(text, address),
              "must be an IP address and a port such as 127.0.0.1:8080, 0.0.0.0:8080 or "
              "\"[::]:8080\", got \"" +
                  text + "\"");
  }
}

TEST(Address, LoopbackIsWhatNoOtherMachineReaches) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.9.9.9"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("::"));
  EXPECT_FALSE(is_loopback("10.127.0.1"));
}

TEST(Address, NetworksHaveNoBitsBeyondTheirPrefix) {
  EXPECT_EQ(text_of(decode_network, "10.0.0.0/8"), "10.0.0.0/8");
  EXPECT_EQ(text_of(decode_network, "10.1.2.3"), "10.1.2.3/32");
  EXPECT_EQ(text_of(decode_network, "FD00::/8"), "fd00::/8");
  EXPECT_EQ(text_of(decode_network, "::1"), "::1/128");
  EXPECT_EQ(text_of(decode_network, "0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(text_of(decode_network, "10.0.0.1/8"),
            "fault: has address bits beyond its prefix, did you mean 10.0.0.0/8?");
  EXPECT_EQ(text_of(decode_network, "fd00::1/64"),
            "fault: has address bits beyond its prefix, did you mean fd00::/64?");
  for (const std::string text : {"", "10/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "a/8"}) {
    EXPECT_EQ(text_of(decode_network, text),
              "fault: must be a network such as 10.0.0.0/8 or fd00::/8, got \"" + text + "\"");
  }
}

TEST(Address, EndpointsComeOutInOneForm) {
  EXPECT_EQ(text_of(decode_endpoint, "http://127.0.0.1:9101"), "http://127.0.0.1:9101");
  EXPECT_EQ(text_of(decode_endpoint, "HTTP://Origin.Example/"), "http://origin.example:80");
  EXPECT_EQ(text_of(decode_endpoint, "https://origin"), "https://origin:443");
  EXPECT_EQ(text_of(decode_endpoint, "http://[::0:1]:80"), "http://[::1]:80");
  EXPECT_EQ(text_of(decode_endpoint, "dns://blue.pms.local:8080"), "dns://blue.pms.local:8080");
}

TEST(Address, EndpointsSayWhatIsWrongWithThem) {
  EXPECT_EQ(text_of(decode_endpoint, "h2c://a:1"), "fault: HTTP/2 to upstreams is not offered yet");
  EXPECT_EQ(text_of(decode_endpoint, "http://a/b"),
            "fault: must not have a path or a query, got \"http://a/b\"");
  EXPECT_EQ(text_of(decode_endpoint, "http://u:p@a"), "fault: must not have a user or a password");
  EXPECT_EQ(text_of(decode_endpoint, "http://a:0"), "fault: must not have port 0");
  EXPECT_EQ(text_of(decode_endpoint, "dns://a"), "fault: must be dns://name:port, got \"dns://a\"");
  EXPECT_EQ(text_of(decode_endpoint, "dns://10.0.0.1:80"),
            "fault: must be dns://name:port, got \"dns://10.0.0.1:80\"");
  for (const std::string text :
       {"", "a:80", "ftp://a", "http://", "http://:80", "http://a b", "http://127.1",
        "http://[127.0.0.1]:80", "http://-a", "http://a..b", "http://[::1"}) {
    EXPECT_EQ(text_of(decode_endpoint, text),
              "fault: must be a url such as http://127.0.0.1:9101, https://name:443 or "
              "dns://name:port, got \"" +
                  text + "\"");
  }
}

TEST(Address, HostsAreNamesOrAnySubdomainOfOne) {
  EXPECT_EQ(text_of(decode_host, "PMS.Example.com"), "pms.example.com");
  EXPECT_EQ(text_of(decode_host, "*.example.com"), "*.example.com");
  EXPECT_EQ(text_of(decode_host, "127.0.0.1"), "127.0.0.1");
  for (const std::string text : {"", "*", "*.", "a.*.b", "a:80", "a/b", "a b"}) {
    EXPECT_EQ(text_of(decode_host, text),
              "fault: must be a host name such as pms.example.com or \"*.example.com\", without a "
              "port, got \"" +
                  text + "\"");
  }
}

TEST(Address, PathsHaveNothingThatAUrlEscapes) {
  EXPECT_EQ(text_of(decode_path, "/api/"), "/api/");
  EXPECT_EQ(text_of(decode_path, "api"), "fault: must start with \"/\", got \"api\"");
  EXPECT_EQ(
      text_of(decode_path, "/a?b"),
      "fault: must not have spaces, \"?\", \"#\" or characters that a url escapes, got \"/a?b\"");
}

}  // namespace
}  // namespace sy::config
