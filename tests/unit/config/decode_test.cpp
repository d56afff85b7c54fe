#include "config/decode.h"

#include <gtest/gtest.h>

namespace sy::config {
namespace {

using namespace std::chrono_literals;

template <class T>
T value_of(std::string_view text) {
  T value{};
  const Fault fault = decode(text, value);
  EXPECT_EQ(fault, std::nullopt) << text;
  return value;
}

template <class T>
std::string fault_of(std::string_view text) {
  T value{};
  return decode(text, value).value_or("none");
}

TEST(Decode, DurationsAddUpFromTheLargestUnitDown) {
  EXPECT_EQ(value_of<Duration>("800ms"), 800ms);
  EXPECT_EQ(value_of<Duration>("1m30s"), 90s);
  EXPECT_EQ(value_of<Duration>("1d2h3m4s5ms"), 26h + 3min + 4s + 5ms);
  EXPECT_EQ(value_of<Duration>("0s"), 0s);
  EXPECT_EQ(value_of<Duration>("366d"), 366 * 24h);
}

TEST(Decode, DurationsNeedAUnit) {
  EXPECT_EQ(fault_of<Duration>("10"), "needs a unit (ms, s, m, h or d), got \"10\"");
  EXPECT_EQ(fault_of<Duration>("0"), "needs a unit (ms, s, m, h or d), got \"0\"");
}

TEST(Decode, RefusesWhatOnlyLooksLikeADuration) {
  for (const std::string text :
       {"", "s", "-1s", "1.5s", "1s1m", "1s1s", "1 s", "1S", "1sec", "1m30"}) {
    EXPECT_EQ(fault_of<Duration>(text),
              "must be a duration such as 800ms, 30s or 1m30s, got \"" + text + "\"");
  }
  EXPECT_EQ(fault_of<Duration>("367d"), "must be at most 366d, got \"367d\"");
  EXPECT_EQ(fault_of<Duration>("366d1ms"), "must be at most 366d, got \"366d1ms\"");
  EXPECT_EQ(fault_of<Duration>("999999999999999d"),
            "must be at most 366d, got \"999999999999999d\"");
  EXPECT_EQ(fault_of<Duration>("9999999999999999ms"),
            "must be a duration such as 800ms, 30s or 1m30s, got \"9999999999999999ms\"");
}

TEST(Decode, NumbersAreDecimalAndNothingElse) {
  EXPECT_EQ(value_of<int>("0"), 0);
  EXPECT_EQ(value_of<int>("-7"), -7);
  EXPECT_EQ(value_of<std::uint64_t>("999999999999999"), 999'999'999'999'999U);
  EXPECT_EQ(fault_of<int>("010"), "must be a whole number without leading zeros, got \"010\"");
  for (const std::string text :
       {"", "-", "+1", "0x10", "1_000", "1e3", "1.0", " 1", "9999999999"}) {
    EXPECT_EQ(fault_of<int>(text), "must be a whole number, got \"" + text + "\"");
  }
  EXPECT_EQ(fault_of<std::uint64_t>("-1"), "must be a whole number, got \"-1\"");
}

TEST(Decode, OnlyTrueAndFalseAreTruthValues) {
  EXPECT_TRUE(value_of<bool>("true"));
  EXPECT_FALSE(value_of<bool>("false"));
  for (const std::string text : {"yes", "on", "True", "1", ""}) {
    EXPECT_EQ(fault_of<bool>(text), "must be true or false, got \"" + text + "\"");
  }
}

TEST(Decode, BytesMayHaveABinaryUnit) {
  const auto bytes = [](std::string_view text) {
    std::size_t value = 0;
    EXPECT_EQ(decode_bytes(text, value), std::nullopt) << text;
    return value;
  };
  EXPECT_EQ(bytes("240"), 240U);
  EXPECT_EQ(bytes("240B"), 240U);
  EXPECT_EQ(bytes("32KiB"), 32U * 1024);
  EXPECT_EQ(bytes("1MiB"), 1024U * 1024);
  EXPECT_EQ(bytes("9999999999GiB"), 9'999'999'999U << 30U);
  for (const std::string text :
       {"", "KiB", "32KB", "32kib", "010", "-1", "1.5MiB", "99999999999"}) {
    std::size_t value = 7;
    EXPECT_EQ(decode_bytes(text, value),
              "must be a number of bytes such as 512, 32KiB or 1MiB, got \"" + text + "\"");
    EXPECT_EQ(value, 7U);
  }
}

TEST(Decode, PercentagesAreWholeAndAtMostAHundred) {
  int percent = 0;
  EXPECT_EQ(decode_percent("10", percent), std::nullopt);
  EXPECT_EQ(percent, 10);
  EXPECT_EQ(decode_percent("100%", percent), std::nullopt);
  EXPECT_EQ(percent, 100);
  EXPECT_EQ(decode_percent("101", percent),
            "must be a whole percentage between 0 and 100, got \"101\"");
  double fraction = 0;
  EXPECT_EQ(decode_fraction("20%", fraction), std::nullopt);
  EXPECT_DOUBLE_EQ(fraction, 0.2);
  EXPECT_EQ(decode_fraction("0.2", fraction), "must be a percentage such as 20%, got \"0.2\"");
}

TEST(Decode, ATokenPutWhereItsHashBelongsIsNotRepeated) {
  std::string hash;
  const Fault fault = decode_sha256("sy_secret", hash);
  EXPECT_EQ(fault,
            "must be the SHA-256 of the token as 64 hex digits (switchyard token prints both)");
  EXPECT_EQ(decode_sha256(std::string(64, 'A'), hash), std::nullopt);
  EXPECT_EQ(hash, std::string(64, 'a'));
}

TEST(Decode, NamesAreShortAndLowerCase) {
  std::string name;
  EXPECT_EQ(decode_name("pms-2", name), std::nullopt);
  EXPECT_EQ(decode_name(std::string(40, 'a'), name), std::nullopt);
  EXPECT_EQ(decode_name("PMS", name), "must be 1 to 40 of a-z, 0-9 and -, got \"PMS\"");
  EXPECT_EQ(decode_name("", name), "must be 1 to 40 of a-z, 0-9 and -, got \"\"");
  EXPECT_EQ(decode_name(std::string(41, 'a'), name),
            "must be 1 to 40 of a-z, 0-9 and -, got \"" + std::string(40, 'a') + "…\"");
}

TEST(Decode, WhatIsShownCanBeReadBack) {
  for (const Duration value : {Duration{0s}, Duration{1ms}, Duration{90s}, Duration{25h + 1ms}}) {
    EXPECT_EQ(value_of<Duration>(show(value)), value);
  }
  EXPECT_EQ(show(Duration{90s}), "1m30s");
  EXPECT_EQ(show_bytes(32 * 1024), "32KiB");
  EXPECT_EQ(show_bytes(1000), "1000B");
  EXPECT_EQ(show_bytes(0), "0B");
}

TEST(Decode, NumbersArePlainDecimals) {
  const auto number = [](std::string_view text) {
    double value = -1;
    return decode(text, value) ? -1 : value;
  };
  EXPECT_EQ(number("3"), 3);
  EXPECT_EQ(number("0.001"), 0.001);
  EXPECT_EQ(number("12.50"), 12.5);
  for (const char* text : {"", ".", ".5", "5.", "-1", "+1", "1e3", "0x1", "01", "1.2.3", "nan"})
    EXPECT_EQ(number(text), -1) << text;
}

TEST(Decode, WeightsAreInHundredthsOfAPercent) {
  const auto weight = [](std::string_view text) {
    int value = -1;
    return decode_weight(text, value) ? -1 : value;
  };
  EXPECT_EQ(weight("100"), 10'000);
  EXPECT_EQ(weight("12.5%"), 1'250);
  EXPECT_EQ(weight("0.01"), 1);
  for (const char* text : {"", "%", "0", "0.001", "100.01", "101", "-1", "1.", ".5", "5 %", "1e1"})
    EXPECT_EQ(weight(text), -1) << text;
  EXPECT_EQ(show_weight(1), "0.01");
  EXPECT_EQ(show_weight(1'250), "12.5");
  EXPECT_EQ(show_weight(10'000), "100");
}

}  // namespace
}  // namespace sy::config
