#include "control/platform/env_file.h"

#include <gtest/gtest.h>

namespace sy::control::platform {
namespace {

constexpr const char* written =
    "# Ports of this machine\n"
    "SWITCHYARD_PORT=8080   # not 80\n"
    "\n"
    "BACKEND_GREEN_VERSION=v1\n"
    "  export BACKEND_BLUE_VERSION = 'v0'  # live\n"
    "#BACKEND_GREEN_VERSION=v7\n"
    "NOTE=\"two\nBACKEND_GREEN_VERSION=v8\nlines\"\n";

TEST(EnvFile, EveryOtherLineStaysAsItIs) {
  EXPECT_EQ(with_env_value(written, "BACKEND_GREEN_VERSION", "v20240115-def5678"),
            "# Ports of this machine\n"
            "SWITCHYARD_PORT=8080   # not 80\n"
            "\n"
            "BACKEND_GREEN_VERSION=v20240115-def5678\n"
            "  export BACKEND_BLUE_VERSION = 'v0'  # live\n"
            "#BACKEND_GREEN_VERSION=v7\n"
            "NOTE=\"two\nBACKEND_GREEN_VERSION=v8\nlines\"\n");
}

TEST(EnvFile, BlanksQuotesAndCommentsOfTheLineAreMinded) {
  EXPECT_EQ(env_value(written, "BACKEND_BLUE_VERSION"), "v0");
  const std::string changed = with_env_value(written, "BACKEND_BLUE_VERSION", "v2");
  EXPECT_NE(changed.find("\n  export BACKEND_BLUE_VERSION = v2  # live\n"), std::string::npos);
  EXPECT_EQ(env_value("A=x # y", "A"), "x");
  EXPECT_EQ(env_value("A=x#y", "A"), "x#y");
  EXPECT_EQ(env_value("A=", "A"), "");
  EXPECT_EQ(env_value("A", "A"), std::nullopt);
  EXPECT_EQ(env_value("#A=1", "A"), std::nullopt);
}

TEST(EnvFile, WhatFollowsAQuotedValueDoesNotJoinTheNewOne) {
  EXPECT_EQ(with_env_value("A=\"x\"y\nB=1\n", "A", "v1"), "A=v1\nB=1\n");
  EXPECT_EQ(with_env_value("A='x' # y\n", "A", "v1"), "A=v1 # y\n");
  EXPECT_EQ(with_env_value("A='x'#y\n", "A", "v1"), "A=v1\n");
}

TEST(EnvFile, TheLastAssignmentCounts) {
  EXPECT_EQ(env_value("A=1\nA=2\n", "A"), "2");
  EXPECT_EQ(with_env_value("A=1\nA=2\n", "A", "3"), "A=1\nA=3\n");
  EXPECT_EQ(without_env_value("A=1\nB=1\nA=2", "A"), "B=1\n");
}

TEST(EnvFile, AnAssignmentIsAddedAtTheEndOnALineOfItsOwn) {
  EXPECT_EQ(with_env_value("", "A", "v1"), "A=v1\n");
  EXPECT_EQ(with_env_value("B=1", "A", "v1"), "B=1\nA=v1\n");
  EXPECT_EQ(with_env_value("B=1\r\n", "A", "v1"), "B=1\r\nA=v1\r\n");
}

TEST(EnvFile, WindowsLineEndsAndAByteOrderMarkStay) {
  EXPECT_EQ(with_env_value("\xef\xbb\xbf"
                           "A=1\r\nB=2\r\n",
                           "A", "v1"),
            "\xef\xbb\xbf"
            "A=v1\r\nB=2\r\n");
  EXPECT_EQ(env_value("A=1\r\n", "A"), "1");
}

TEST(EnvFile, WhatWasAddedCanBeTakenOutAgain) {
  const std::string text{written};
  EXPECT_EQ(without_env_value(with_env_value(text, "NEW", "v1"), "NEW"), text);
}

}  // namespace
}  // namespace sy::control::platform
