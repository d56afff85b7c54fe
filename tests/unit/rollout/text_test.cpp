#include <gtest/gtest.h>

#include "rollout/state.h"

namespace sy::rollout {
namespace {

State full_state() {
  State state{.generation = 12, .weight = {1'234, 8'766}, .live = Color::green};
  state.previous = Color::blue;
  state.deploy = "k3f9";
  state.maintenance = true;
  state.since = WallTime{std::chrono::milliseconds{1'704'103'200'123}};
  state.upstreams.blue = {{"backend", {"http://a:1", "dns://b.c:2"}},
                          {"with space%", {"", "x\ny"}}};
  state.upstreams.green = {{"frontend", {}}};
  return state;
}

TEST(StateText, IsTheSameStateAgain) {
  EXPECT_EQ(decode(encode(State{})).value(), State{});
  EXPECT_EQ(decode(encode(full_state())).value(), full_state());
}

TEST(StateText, IsReadableByAPerson) {
  State state{.generation = 12, .weight = {9'000, 1'000}};
  state.upstreams.green = {{"backend", {"http://10.0.0.1:9201"}}};
  EXPECT_EQ(encode(state),
            "switchyard-state 1\n"
            "generation 12\n"
            "weight 9000 1000\n"
            "live blue\n"
            "previous none\n"
            "deploy 0\n"
            "maintenance off\n"
            "since 0\n"
            "upstream green backend http://10.0.0.1:9201\n"
            "checksum 72ea5f05\n");
}

TEST(StateText, IsRefusedWhenCutAtAnyByte) {
  const std::string text = encode(full_state());
  for (std::size_t size = 0; size < text.size(); ++size) {
    ASSERT_FALSE(decode(text.substr(0, size)).has_value()) << size;
  }
}

TEST(StateText, IsRefusedWhenAnyByteIsAnother) {
  const std::string text = encode(full_state());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string other = text;
      other[at] = static_cast<char>(byte);
      ASSERT_EQ(decode(other).has_value(), other == text) << "byte " << at << " is " << byte;
    }
  }
}

TEST(StateText, SaysWhyItIsRefused) {
  const std::string text = encode(full_state());
  EXPECT_EQ(decode("").error().what, "empty");
  EXPECT_EQ(decode("something else\n").error().what, "not a state of version 1");
  EXPECT_EQ(decode(text.substr(0, 60)).error().what, "torn: no checksum");
  std::string damaged = text;
  damaged[40] ^= 1;
  EXPECT_EQ(decode(damaged).error().what, "checksum does not match");
  EXPECT_EQ(decode(std::string((1 << 20) + 1, 'a')).error().what, "longer than 1 MiB");
}

TEST(Percent, IsWrittenAsShortAsItIs) {
  EXPECT_EQ(percent(10'000), "100 %");
  EXPECT_EQ(percent(1'250), "12.5 %");
  EXPECT_EQ(percent(1), "0.01 %");
  EXPECT_EQ(percent(10), "0.1 %");
  EXPECT_EQ(percent(1'205), "12.05 %");
  EXPECT_EQ(percent(0), "0 %");
  EXPECT_EQ(percent(-150), "-1.5 %");
}

}  // namespace
}  // namespace sy::rollout
