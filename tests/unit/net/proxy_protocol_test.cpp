#include "net/proxy_protocol.h"

#include <gtest/gtest.h>

#include <string>

namespace sy::net {
namespace {

using Found = ProxyHeader::Found;

const std::string signature{"\r\n\r\n\0\r\nQUIT\n", 12};

std::string v2(char version_command, char family, const std::string& body) {
  const auto size = body.size();
  return signature + version_command + family + static_cast<char>(size >> 8) +
         static_cast<char>(size & 0xff) + body;
}
const std::string v4_body{"\x0a\x00\x00\x01\x0a\x00\x00\x02\x30\x39\x01\xbb", 12};

std::string why(const std::string& bytes) {
  const auto header = parse_proxy_header(bytes);
  return header.found == Found::bad ? std::string{header.why} : "not bad";
}

TEST(NetProxyProtocol, ReadsVersion1) {
  const std::string line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";

  const auto header = parse_proxy_header(line + "GET / HTTP/1.1\r\n");

  EXPECT_EQ(header.found, Found::proxied);
  EXPECT_EQ(header.size, line.size());
  EXPECT_EQ(header.source.text(), "192.0.2.1");
  EXPECT_EQ(header.destination.text(), "198.51.100.2");
  EXPECT_EQ(header.source_port, 56324);
  EXPECT_EQ(header.destination_port, 443);
}

TEST(NetProxyProtocol, ReadsVersion1OverIpv6) {
  const auto header = parse_proxy_header("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n");

  EXPECT_EQ(header.found, Found::proxied);
  EXPECT_EQ(header.source.text(), "2001:db8::1");
  EXPECT_EQ(header.destination_port, 65535);
}

TEST(NetProxyProtocol, TakesTheRealAddressesWhenVersion1SaysUnknown) {
  EXPECT_EQ(parse_proxy_header("PROXY UNKNOWN\r\n"),
            (ProxyHeader{.found = Found::local, .size = 15}));
  const std::string longest = "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n";
  EXPECT_EQ(parse_proxy_header(longest),
            (ProxyHeader{.found = Found::local, .size = longest.size()}));
}

TEST(NetProxyProtocol, ReadsVersion2) {
  const std::string bytes = v2('\x21', '\x11', v4_body);

  const auto header = parse_proxy_header(bytes + "GET /");

  EXPECT_EQ(header.found, Found::proxied);
  EXPECT_EQ(header.size, 28u);
  EXPECT_EQ(header.source.text(), "10.0.0.1");
  EXPECT_EQ(header.destination.text(), "10.0.0.2");
  EXPECT_EQ(header.source_port, 12345);
  EXPECT_EQ(header.destination_port, 443);
}

TEST(NetProxyProtocol, ReadsVersion2OverIpv6) {
  std::string body(32, '\0');
  body[15] = 1;
  body[31] = 2;
  body += std::string{"\x00\x50\x01\xbb", 4};

  const auto header = parse_proxy_header(v2('\x21', '\x21', body));

  EXPECT_EQ(header.found, Found::proxied);
  EXPECT_EQ(header.source.text(), "::1");
  EXPECT_EQ(header.destination.text(), "::2");
  EXPECT_EQ(header.source_port, 80);
}

TEST(NetProxyProtocol, SkipsTheTlvsOfVersion2) {
  const std::string tlv{"\xea\x00\x03\x01vp", 6};

  const auto header = parse_proxy_header(v2('\x21', '\x11', v4_body + tlv));

  EXPECT_EQ(header.found, Found::proxied);
  EXPECT_EQ(header.size, 34u);
}

TEST(NetProxyProtocol, TakesTheRealAddressesOfHealthChecksAndOtherFamilies) {
  EXPECT_EQ(parse_proxy_header(v2('\x20', '\0', "")),
            (ProxyHeader{.found = Found::local, .size = 16}));
  EXPECT_EQ(parse_proxy_header(v2('\x20', '\x11', v4_body)).found, Found::local);
  EXPECT_EQ(parse_proxy_header(v2('\x21', '\0', "")).found, Found::local);
  EXPECT_EQ(parse_proxy_header(v2('\x21', '\x12', v4_body)).found, Found::local) << "UDP";
  EXPECT_EQ(parse_proxy_header(v2('\x21', '\x31', std::string(216, 'a'))).found, Found::local);
}

TEST(NetProxyProtocol, AsksForMoreUntilTheHeaderIsWhole) {
  for (const std::string& whole :
       {std::string{"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"}, v2('\x21', '\x11', v4_body)}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(parse_proxy_header(whole.substr(0, size)), ProxyHeader{}) << size;
    }
    EXPECT_EQ(parse_proxy_header(whole).found, Found::proxied);
  }
}

TEST(NetProxyProtocol, RefusesWhatIsNoHeaderAtTheFirstWrongByte) {
  EXPECT_EQ(why("G"), "not a PROXY header");
  EXPECT_EQ(why("PROXz"), "not a PROXY header");
  EXPECT_EQ(why("PROXY\t"), "not a PROXY header");
  EXPECT_EQ(why("\r\n\r\n\x01"), "not a PROXY header");
  EXPECT_EQ(why("\x16\x03\x01"), "not a PROXY header");
}

TEST(NetProxyProtocol, RefusesMalformedVersion1) {
  EXPECT_EQ(why("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n"), "v1 family is unknown");
  EXPECT_EQ(why("PROXY \r\n"), "v1 family is unknown");
  EXPECT_EQ(why("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n"), "v1 line has not six words");
  EXPECT_EQ(why("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n"), "v1 line has not six words");
  EXPECT_EQ(why("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n"), "v1 line has not six words");
  EXPECT_EQ(why("PROXY TCP4 ::1 5.6.7.8 1 2\r\n"), "v1 address is malformed");
  EXPECT_EQ(why("PROXY TCP6 1.2.3.4 ::1 1 2\r\n"), "v1 address is malformed");
  EXPECT_EQ(why("PROXY TCP4 a.test 5.6.7.8 1 2\r\n"), "v1 address is malformed");
  for (const char* port : {"", "65536", "-1", "+1", "01", "1x", "0x1"}) {
    EXPECT_EQ(why(std::string{"PROXY TCP4 1.2.3.4 5.6.7.8 1 "} + port + "\r\n"),
              "v1 port is malformed")
        << port;
  }
}

TEST(NetProxyProtocol, RefusesAVersion1LineOfMoreThan107Bytes) {
  const std::string start = "PROXY UNKNOWN ";
  const std::string fits = start + std::string(107 - 2 - start.size(), 'x') + "\r\n";
  const std::string too_long = start + std::string(107 - start.size(), 'x') + "\r\n";

  EXPECT_EQ(parse_proxy_header(fits).size, 107u);
  EXPECT_EQ(parse_proxy_header(too_long.substr(0, 106)).found, Found::more);
  EXPECT_EQ(why(too_long.substr(0, 107)), "v1 line is too long");
}

TEST(NetProxyProtocol, RefusesMalformedVersion2) {
  EXPECT_EQ(why(v2('\x11', '\x11', v4_body)), "v2 version is not 2");
  EXPECT_EQ(why(v2('\x22', '\x11', v4_body)), "v2 command is unknown");
  EXPECT_EQ(why(v2('\x21', '\x41', v4_body)), "v2 family is unknown");
  EXPECT_EQ(why(v2('\x21', '\x13', v4_body)), "v2 family is unknown");
  EXPECT_EQ(why(v2('\x21', '\x11', v4_body.substr(1))), "v2 header is too short");
  EXPECT_EQ(why(v2('\x21', '\x21', v4_body)), "v2 header is too short");
  EXPECT_EQ(why(v2('\x21', '\x11', std::string(4081, 'a'))), "v2 header is too long");
  EXPECT_EQ(parse_proxy_header(v2('\x21', '\x11', std::string(4080, 'a'))).size, 4096u);
}

}  // namespace
}  // namespace sy::net
