#include "net/cidr.h"

#include <gtest/gtest.h>

namespace sy::net {
namespace {

bool in(const char* network, const char* address) {
  return Cidr::parse(network).value().contains(Address::parse(address).value());
}
std::string refusal(const char* text) {
  const auto parsed = Cidr::parse(text);
  return parsed ? "parsed" : parsed.error().what;
}

TEST(NetCidr, HoldsTheAddressesUnderItsPrefixAndNoOthers) {
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(in("192.168.4.0/23", "192.168.5.255"));
  EXPECT_FALSE(in("192.168.4.0/23", "192.168.6.0"));
  EXPECT_TRUE(in("fd00:1:2:8000::/49", "fd00:1:2:ffff::1"));
  EXPECT_FALSE(in("fd00:1:2:8000::/49", "fd00:1:2:7fff::1"));
  EXPECT_TRUE(in("0.0.0.0/0", "203.0.113.9"));
}

TEST(NetCidr, AnAddressIsANetworkOfOne) {
  EXPECT_TRUE(in("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(in("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(in("::1", "::1"));
}

TEST(NetCidr, FindsIpv4ClientsOfADualStackSocket) {
  EXPECT_TRUE(in("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(in("::ffff:10.0.0.0/104", "10.1.2.3"));
}

TEST(NetCidr, EveryIpv6AddressDoesNotMeanEveryIpv4Address) {
  EXPECT_FALSE(in("::/0", "10.1.2.3"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(in("::/0", "2001:db8::1"));
}

TEST(NetCidr, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("10.0.0.1/8"),
            "\"10.0.0.1/8\" has bits set past its prefix; the network is 10.0.0.0/8");
  EXPECT_EQ(refusal("10.0.0.0/33"), "\"10.0.0.0/33\" needs a prefix length from 0 to 32");
  EXPECT_EQ(refusal("::/129"), "\"::/129\" needs a prefix length from 0 to 128");
  for (const char* text :
       {"10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/0x8"}) {
    EXPECT_TRUE(refusal(text).ends_with("needs a prefix length from 0 to 32")) << text;
  }
  for (const char* text : {"", "a.test", "10.0.0", "010.0.0.1", "10.0.0.1 ", "[::1]", "/8"}) {
    EXPECT_TRUE(refusal(text).ends_with("is no address or network")) << text;
  }
}

TEST(NetCidr, ListHoldsWhatAnyEntryHolds) {
  const auto list = CidrList::parse({"10.0.0.0/8", "::1"}).value();

  EXPECT_TRUE(list.contains(Address::parse("10.1.1.1").value()));
  EXPECT_TRUE(list.contains(Address::parse("::1").value()));
  EXPECT_FALSE(list.contains(Address::parse("127.0.0.1").value()));
  EXPECT_FALSE(CidrList{}.contains(Address::parse("127.0.0.1").value()));
  EXPECT_FALSE(CidrList::parse({"10.0.0.0/8", "ten"}));
}

TEST(NetCidr, PrintsAddressesAsPeopleWriteThem) {
  EXPECT_EQ(Address::parse("::ffff:10.1.2.3")->text(), "10.1.2.3");
  EXPECT_EQ(Address::parse("2001:0db8:0:0::1")->text(), "2001:db8::1");
  EXPECT_FALSE(Address::parse(std::string_view{"10.0.0.1\0x", 10}));
}

}  // namespace
}  // namespace sy::net
