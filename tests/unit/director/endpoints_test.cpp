#include "director/endpoints.h"

#include <gtest/gtest.h>

namespace sy::director {
namespace {

TEST(EndpointUrl, IsTakenApart) {
  const auto plain = parse_endpoint("http://127.0.0.1:9101").value();
  EXPECT_EQ(plain.address, "127.0.0.1");
  EXPECT_EQ(plain.port, 9101);
  EXPECT_FALSE(plain.tls);
  const auto tls = parse_endpoint("https://backend.example.com/").value();
  EXPECT_EQ(tls.host, "backend.example.com");
  EXPECT_EQ(tls.address, "");
  EXPECT_EQ(tls.port, 443);
  EXPECT_TRUE(tls.tls);
  const auto v6 = parse_endpoint("http://[::1]:9101").value();
  EXPECT_EQ(v6.address, "::1");
  EXPECT_EQ(v6.port, 9101);
  EXPECT_EQ(parse_endpoint("http://a").value().port, 80);
  EXPECT_EQ(parse_endpoint("dns://a.b:81").value().host, "a.b");
}

TEST(EndpointUrl, IsRefusedWhenItCannotBeUsed) {
  for (const char* url :
       {"", "a", "ftp://a:1", "http://", "http://:80", "http://a:", "http://a:0", "http://a:65536",
        "http://a:1x", "http://a b:1", "http://a:1/path", "http://user@a:1", "http://[::1:1",
        "http://[a]:1", "http://[::1]1", "http://::1:1", "dns://a", "h2c://a:1", "http://a:-1"}) {
    EXPECT_FALSE(parse_endpoint(url).has_value()) << url;
  }
}

TEST(Options, WithTheSameServiceTwiceAreRefused) {
  Options options;
  options.services.resize(2);
  options.services[0].name = options.services[1].name = "backend";
  EXPECT_EQ(check_options(options).error().what, "service \"backend\" is there twice");
}

TEST(MakeRouting, SortsRoutesAndKeepsServicesInOrder) {
  Options options;
  options.services.resize(2);
  options.services[0].name = "frontend";
  options.services[0].paths = {"/"};
  options.services[1].name = "backend";
  options.services[1].paths = {"/healthz", "/api/"};
  options.services[1].hosts = {"a.example.com"};
  const auto routing = make_routing(options, rollout::State{}, Standing{});
  ASSERT_EQ(routing.routes.size(), 3U);
  EXPECT_EQ(routing.routes[0].prefix, "/healthz");
  EXPECT_EQ(routing.routes[0].service, 1);
  EXPECT_EQ(routing.routes[2].service, 0);
}

}  // namespace
}  // namespace sy::director
