// Many short lives in which everything happens at any moment: whatever it is, each client gets the
// answer to its own request, no request that may be done only once is seen twice, and no count is
// lost.
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <random>
#include <vector>

#include "support/session_world.h"

namespace sy::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view blank = "\r\n\r\n";

struct Message {
  std::string start;  // the first line
  std::string body;
  std::size_t size = 0;  // in all; 0 while it is not whole
  bool last = false;     // of its connection
};

std::size_t length_in(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = head.find(name);
  std::size_t length = 0;
  if (at != head.npos) {
    const std::string_view digits = head.substr(at + name.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), length);
  }
  return length;
}

// A chunked body from `at` on, as far as this proxy writes them.
void take_chunks(std::string_view text, std::size_t at, Message& message) {
  for (;;) {
    const std::size_t line = text.find("\r\n", at);
    std::size_t count = 0;
    if (line == text.npos) return;
    std::from_chars(text.data() + at, text.data() + line, count, 16);
    if (text.size() < line + count + 4) return;
    message.body += text.substr(line + 2, count);
    at = line + count + 4;
    if (count != 0) continue;
    message.size = at;
    return;
  }
}

Message first_in(std::string_view text) {
  Message message;
  const std::size_t end = text.find(blank);
  if (end == text.npos) return message;
  const std::string_view head = text.substr(0, end + 2);
  message.start = head.substr(0, head.find("\r\n"));
  const std::size_t at = end + blank.size();
  message.last = head.find("Connection: close") != head.npos;
  if (head.find("chunked") != head.npos) {
    take_chunks(text, at, message);
  } else if (text.size() >= at + length_in(head)) {
    message.body = text.substr(at, length_in(head));
    message.size = at + message.body.size();
  }
  return message;
}

// "PUT /17 HTTP/1.1" is about 17, and so is its body.
std::string subject(const Message& message) {
  const std::size_t from = message.start.find('/') + 1;
  return message.start.substr(from, message.start.find(' ', from) - from);
}

class Storm {
 public:
  explicit Storm(unsigned seed) : random_{seed} {
    for (int i = 0; i < 4; ++i) clients_.emplace_back();
  }
  void rage(int steps) {
    for (int i = 0; i < steps; ++i) {
      act(below(12));
      world_.settle();
      look();
    }
  }
  // All is well again: what is under way must end.
  void calm() {
    shut(false, false);
    world_.open = {true, true};
    world_.route();
    for (int i = 0; i < 60; ++i) {
      for (Client& client : clients_) client.finish();
      world_.settle();
      look();
      for (Upstream& one : upstreams_) one.answer(*this, true);
      world_.advance(100ms);
      look();
    }
  }
  void expect_quiet() {
    for (const Color color : colors) EXPECT_EQ(world_.books(color).in_flight, 0);
    for (const Client& client : clients_) EXPECT_EQ(client.about, "");
    EXPECT_EQ(world_.worker->report().faults, 0u);
    EXPECT_TRUE(world_.worker->held().empty());
  }

 private:
  struct Client {
    End end{};
    std::string about{};  // its request under way
    std::string unsent{};
    std::string came{};
    void finish() { end.send(std::exchange(unsent, {})); }
  };
  struct Upstream {
    End end;
    std::string came;
    void answer(Storm& storm, bool well) {
      const Message request = first_in(came);
      if (!end.connected() || request.start.empty() || (well && request.size == 0)) return;
      const std::string body = well ? subject(request) : "no";
      if (well && !request.body.empty()) {
        EXPECT_EQ(request.body, "body of " + subject(request));
      }
      end.send((well ? "HTTP/1.1 200 OK" : "HTTP/1.1 500 Oops") +
               ("\r\nContent-Length: " + std::to_string(body.size())) + std::string{blank} + body);
      if (request.size == 0) return end.close();
      came.erase(0, request.size);
      storm.world_.settle();
    }
  };

  int below(int many) { return std::uniform_int_distribution{0, many - 1}(random_); }
  void act(int what) {
    switch (what) {
      case 0:
      case 1:
      case 2: return ask(clients_[static_cast<std::size_t>(below(4))]);
      case 3: return clients_[static_cast<std::size_t>(below(4))].finish();
      case 4:
      case 5:
      case 6: return any_upstream([&](Upstream& one) { one.answer(*this, true); });
      case 7: return any_upstream([&](Upstream& one) { one.answer(*this, false); });
      case 8: return any_upstream([](Upstream& one) { one.end.reset(); });
      case 9: return shut(below(3) == 0, below(3) == 0);
      case 10: return reroute();
      default: world_.advance(100ms * below(8));
    }
  }
  void reroute() {
    const int green = below(3) * split::whole / 2;
    world_.live = below(4) == 0 ? Color::green : Color::blue;
    world_.open = {below(5) != 0, below(5) != 0};
    world_.route({split::whole - green, green});
  }
  void shut(bool blue, bool green) {
    world_.blue.shut();
    world_.green.shut();
    if (!blue) world_.blue.reopen();
    if (!green) world_.green.reopen();
  }
  template <class Act>
  void any_upstream(Act act) {
    if (!upstreams_.empty())
      act(upstreams_[static_cast<std::size_t>(below(static_cast<int>(upstreams_.size())))]);
  }
  void ask(Client& client) {
    if (!client.about.empty()) return;
    if (!client.end.connected()) {
      client.end = world_.connect();
      client.end.closed = false;
    }
    const std::string about = client.about = std::to_string(++asked_);
    const std::string body = "body of " + about;
    const std::string size = std::to_string(body.size());
    const std::string rest = " /" + about + " HTTP/1.1\r\nHost: a\r\n";
    std::string text;
    switch (below(4)) {
      case 0: text = "GET" + rest + "\r\n"; break;
      case 1: text = "PUT" + rest + "Content-Length: " + size + "\r\n\r\n" + body; break;
      case 2: text = "POST" + rest + "Content-Length: " + size + "\r\n\r\n" + body; break;
      default:
        text = "PUT" + rest + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n" +
               std::string{"0123456789abcdef"[body.size() - 4]} + "\r\n" + body.substr(4) +
               "\r\n0\r\n\r\n";
    }
    const std::size_t now = text.size() - static_cast<std::size_t>(below(3)) * text.size() / 5;
    client.end.send(text.substr(0, now));
    client.unsent = text.substr(now);
  }
  void look() {
    for (const Origin* origin : {&world_.blue, &world_.green}) {
      for (End one = origin->accept(); one.connected(); one = origin->accept())
        upstreams_.push_back({std::move(one), {}});
    }
    for (Upstream& one : upstreams_) {
      if (one.end.connected()) one.came += hear(one);
    }
    for (Client& client : clients_) {
      if (client.end.connected()) read(client);
    }
  }
  std::string hear(Upstream& one) {
    const bool anew = one.came.empty();
    std::string text = one.end.receive();
    if (anew && text.starts_with("POST /")) {
      const std::string about = subject(first_in(text.substr(0, text.find(blank) + blank.size())));
      EXPECT_EQ(++posts_[about], 1) << about;
    }
    if (one.end.closed) one.end.close();
    return text;
  }
  void read(Client& client) {
    client.came += client.end.receive();
    const Message answer = first_in(client.came);
    if (answer.size != 0) {
      if (answer.start == "HTTP/1.1 200 OK") {
        EXPECT_EQ(answer.body, client.about);
      }
      EXPECT_NE(client.about, "") << client.came;
      client.came.erase(0, answer.size);
      client.about.clear();
      client.end.closed = client.end.closed || answer.last;
    }
    if (!client.end.closed) return;
    EXPECT_EQ(client.about, "") << "no answer";
    client = Client{};
  }

  SessionWorld world_;
  std::mt19937 random_;
  std::vector<Client> clients_;
  std::vector<Upstream> upstreams_;
  std::map<std::string, int> posts_;
  int asked_ = 0;
};

TEST(ShieldStorm, EveryClientGetsTheAnswerToItsOwnRequest) {
  for (unsigned seed = 1; seed <= 60 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Storm storm{seed};
    storm.rage(150);
    storm.calm();
    storm.expect_quiet();
  }
}

}  // namespace
}  // namespace sy::testing
