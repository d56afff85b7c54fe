// Whatever bytes are in a state file: refused, or a state that is the same again and from which the
// machine can go on. Version 1 is read, version 2 is what would have been written.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "rollout/state.h"

namespace {

using sy::rollout::State;

void expect_sound(const State& state) {
  SY_CHECK(state.weight.blue + state.weight.green == 10'000);
  const std::string text = sy::rollout::encode(state);
  const auto again = sy::rollout::decode(text);
  SY_CHECK(again && *again == state);
  if (state.rollout) SY_CHECK(!sy::rollout::standing(*state.rollout).empty());
}

// An hour of ticks, with a restart on the way.
void go_on(State state) {
  for (int minute = 0; minute < 60; ++minute) {
    sy::rollout::Tick tick{.elapsed = std::chrono::minutes{1}, .open = {true, true}};
    if (state.rollout) tick.version[state.rollout->candidate] = state.rollout->version;
    tick.requests = 300;
    tick.breach = minute == 50;
    state = sy::rollout::tick(state, tick, sy::WallTime{}).next;
    if (minute == 20) state = sy::rollout::restarted(std::move(state));
    expect_sound(state);
  }
}

// CRC-32C, so that a change elsewhere in the text gets past the checksum.
std::string with_checksum(std::string_view body) {
  std::uint32_t crc = ~0U;
  for (const char c : body) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (int shift = 28; shift >= 0; shift -= 4) hex += digits[(~crc >> shift) & 0xf];
  return std::string(body) + "checksum " + hex + "\n";
}

void read(std::string_view text) {
  auto state = sy::rollout::decode(text);
  if (!state) return;
  SY_CHECK(text.starts_with("switchyard-state 1\n") || sy::rollout::encode(*state) == text);
  expect_sound(*state);
  if (state->rollout) go_on(std::move(*state));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  read(text);
  if (text.find("checksum ") != std::string_view::npos) {
    read(with_checksum(text.substr(0, text.rfind("checksum "))));
  }
  return 0;
}
