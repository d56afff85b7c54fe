#include "net/resolver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "integration/net/fake_dns.h"

namespace sy::net {
namespace {

using namespace std::chrono_literals;
using testing::FakeDns;
using Addresses = std::vector<std::string>;

struct NetResolver : ::testing::Test {
  asio::io_context io{1};
  SystemTime time;
  FakeDns dns{io.get_executor()};
  std::unique_ptr<Resolver> resolver;
  int changes = 0;

  void SetUp() override {
    ResolverOptions options;
    options.servers = dns.name();
    options.floor = 5ms;  // so that a dozen questions take no time worth naming
    options.ceiling = 10ms;
    options.timeout = 50ms;
    options.tries = 1;
    resolver = std::make_unique<Resolver>(io.get_executor(), time, options);
    resolver->set_on_change([this] { ++changes; });
  }
  void TearDown() override {
    TaskGroup last{io.get_executor()};
    dns.stop();
    last.spawn(resolver->stop());
    io.restart();
    io.run_for(10s);
    EXPECT_EQ(last.size(), 0u);
  }
  // Runs until it is so; the limit is there only for a broken resolver.
  ::testing::AssertionResult until(const std::function<bool()>& so) {
    const Instant limit = time.now() + 20s;
    io.restart();
    while (!so() && time.now() < limit) io.run_one_for(1s);
    return so() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << "never";
  }
  // Lets the server answer `more` questions, and the resolver read all but the last.
  void ask(int more) {
    const int before = dns.questions;
    EXPECT_TRUE(until([this, before, more] { return dns.questions >= before + more; }));
  }
};

TEST_F(NetResolver, AnswersWithIpv4AndIpv6AddressesSorted) {
  dns.addresses = {"10.0.0.2", "10.0.0.1", "fd00::1"};

  resolver->watch({"a.test"});
  EXPECT_EQ(resolver->addresses("a.test"), Addresses{});
  ASSERT_TRUE(until([this] { return changes > 0; }));

  EXPECT_EQ(resolver->addresses("a.test"), (Addresses{"10.0.0.1", "10.0.0.2", "fd00::1"}));
  EXPECT_EQ(resolver->last_error("a.test"), "");
  EXPECT_EQ(resolver->addresses("b.test"), Addresses{});
}

TEST_F(NetResolver, TellsOfAChangeOnceAndOfNoChangeNever) {
  dns.addresses = {"10.0.0.1"};
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes > 0; }));

  ask(5);
  EXPECT_EQ(changes, 1);
  dns.addresses = {"10.0.0.1", "10.0.0.2"};
  ASSERT_TRUE(until([this] { return changes == 2; }));

  EXPECT_EQ(resolver->addresses("a.test"), (Addresses{"10.0.0.1", "10.0.0.2"}));
}

TEST_F(NetResolver, DropsAnAddressOnlyAfterSeveralAnswersWithoutIt) {
  dns.addresses = {"10.0.0.1", "10.0.0.2"};
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes == 1; }));

  const int before = dns.questions;
  dns.addresses = {"10.0.0.2"};
  ASSERT_TRUE(until([this] { return changes == 2; }));

  EXPECT_GE(dns.questions - before, 3);
  EXPECT_EQ(resolver->addresses("a.test"), Addresses{"10.0.0.2"});
}

TEST_F(NetResolver, KeepsTheLastGoodAddressesThroughNoSuchNameFailureAndEmptyAnswers) {
  dns.addresses = {"10.0.0.1"};
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes == 1; }));

  dns.status = FakeDns::no_such_name;
  ASSERT_TRUE(until([this] { return !resolver->last_error("a.test").empty(); }));
  EXPECT_EQ(resolver->last_error("a.test"), "Domain name not found");
  ask(6);
  dns.status = FakeDns::server_failure;
  ask(6);
  dns.status = FakeDns::no_error;
  dns.addresses = {};
  ask(6);

  EXPECT_EQ(resolver->addresses("a.test"), Addresses{"10.0.0.1"});
  EXPECT_EQ(resolver->last_error("a.test"), "DNS server returned answer with no data");
  EXPECT_EQ(changes, 1);
}

TEST_F(NetResolver, KeepsTheLastGoodAddressesWhileTheServerIsSilentAndRecovers) {
  dns.addresses = {"10.0.0.1"};
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes == 1; }));

  dns.silent = true;
  ASSERT_TRUE(until([this] { return !resolver->last_error("a.test").empty(); }));
  EXPECT_EQ(resolver->last_error("a.test"), "Timeout while contacting DNS servers");
  EXPECT_EQ(resolver->addresses("a.test"), Addresses{"10.0.0.1"});
  dns.silent = false;
  dns.addresses = {"10.0.0.1", "10.0.0.9"};
  ASSERT_TRUE(until([this] { return changes == 2; }));

  EXPECT_EQ(resolver->last_error("a.test"), "");
}

TEST_F(NetResolver, NumericHostsAnswerThemselvesAndAreNeverAskedFor) {
  resolver->watch({"127.0.0.1", "::1", "2001:0db8::1"});

  EXPECT_EQ(resolver->addresses("127.0.0.1"), Addresses{"127.0.0.1"});
  EXPECT_EQ(resolver->addresses("::1"), Addresses{"::1"});
  EXPECT_EQ(resolver->addresses("2001:0db8::1"), Addresses{"2001:db8::1"});
  io.poll();
  EXPECT_EQ(dns.questions, 0);
}

TEST_F(NetResolver, KnowsLocalhostWithoutAServer) {
  dns.silent = true;
  resolver->watch({"localhost"});
  ASSERT_TRUE(until([this] { return changes == 1; }));

  const auto found = resolver->addresses("localhost");
  EXPECT_NE(std::find(found.begin(), found.end(), "127.0.0.1"), found.end());
}

TEST_F(NetResolver, NamesThatStayKeepTheirAddressesAndOthersAreForgotten) {
  dns.addresses = {"10.0.0.1"};
  resolver->watch({"a.test", "b.test"});
  ASSERT_TRUE(until([this] {
    return !resolver->addresses("a.test").empty() && !resolver->addresses("b.test").empty();
  }));

  dns.silent = true;
  resolver->watch({"b.test", "c.test"});

  EXPECT_EQ(resolver->addresses("a.test"), Addresses{});
  EXPECT_EQ(resolver->addresses("b.test"), Addresses{"10.0.0.1"});
  EXPECT_EQ(resolver->addresses("c.test"), Addresses{});
}

TEST_F(NetResolver, ANameDroppedAndWatchedAgainWhileItIsAskedForIsAnsweredOnce) {
  dns.addresses = {"10.0.0.1"};
  dns.silent = true;
  resolver->watch({"a.test"});
  ask(1);
  resolver->watch({});
  io.poll();
  dns.silent = false;
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes == 1; }));
  ask(5);

  EXPECT_EQ(changes, 1);
  EXPECT_EQ(resolver->addresses("a.test"), Addresses{"10.0.0.1"});
}

TEST_F(NetResolver, AsksAgainWhenTheTtlIsOverButNotBeforeTheFloorNorAfterTheCeiling) {
  dns.addresses = {"10.0.0.1"};
  dns.ttl = 3600;
  resolver->watch({"a.test"});
  ASSERT_TRUE(until([this] { return changes == 1; }));
  const Instant before = time.now();

  ask(10);

  // Nine pauses at least, each of the ceiling less its jitter.
  EXPECT_GE(time.now() - before, 9 * 8ms);
}

}  // namespace
}  // namespace sy::net
