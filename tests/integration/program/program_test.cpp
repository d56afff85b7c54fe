// Programs that really run.
#include "control/terms/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "support/manual_pace.h"

namespace sy::control {
namespace {

using std::chrono::milliseconds;

Command shell(const std::string& script) { return {.words = {"sh", "-c", script}}; }

Ran run(const Command& command) {
  SystemPrograms programs;
  return programs.run(command, nullptr).value();
}

TEST(Program, OutputStatusAndSignalsAreSeen) {
  const Ran ran = run(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(ran.out, "out\n");
  EXPECT_EQ(ran.err, "err\n");
  EXPECT_FALSE(ran.good());
  EXPECT_EQ(words(ran, {}), "ended with status 3");
  EXPECT_EQ(words(run(shell("kill -9 $$")), {}), "was killed by signal 9 (Killed)");
  EXPECT_TRUE(run({.words = {"true"}}).good());
}

TEST(Program, ThereIsNoShellInBetween) {
  EXPECT_EQ(run({.words = {"echo", "$HOME;", "*"}}).out, "$HOME; *\n");
}

TEST(Program, StandardInputIsEmptyAndFoldersAndVariablesAreAsAsked) {
  ::setenv("PROGRAM_TEST_GONE", "x", 1);
  Command command = shell("cat; pwd; echo $PROGRAM_TEST_ADDED-$PROGRAM_TEST_GONE");
  command.folder = "/";
  command.environment = {{"PROGRAM_TEST_ADDED", "a b"}, {"PROGRAM_TEST_GONE", std::nullopt}};
  EXPECT_EQ(run(command).out, "/\na b-\n");
}

TEST(Program, OnlyTheEndOfLongOutputIsKept) {
  Command command = shell("i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done");
  command.output_bytes_max = 100;
  const Ran ran = run(command);
  EXPECT_EQ(ran.out.size(), 100U);
  EXPECT_TRUE(ran.cut);
  EXPECT_TRUE(ran.out.ends_with("line 29999\n"));
}

TEST(Program, BothStreamsCanComeAsOne) {
  Command command = shell("echo one; echo two >&2; echo three");
  command.together = true;
  EXPECT_EQ(run(command).out, "one\ntwo\nthree\n");
}

TEST(Program, TakingTooLongIsEnded) {
  Command command = shell("echo begun; exec sleep 1000");
  command.timeout = milliseconds{150};
  const Ran ran = run(command);
  EXPECT_TRUE(ran.timed_out);
  EXPECT_EQ(ran.out, "begun\n");
  EXPECT_EQ(words(ran, command.timeout), "took longer than 150ms");
  EXPECT_EQ(words(ran, std::chrono::seconds{5}), "took longer than 5s");
  EXPECT_EQ(words(ran, std::chrono::seconds{300}), "took longer than 5m 0s");
}

TEST(Program, ASignalEndsItWithItsChildren) {
  SystemPrograms programs;
  ManualPace pace;
  pace.waits_max = 3;
  const auto ran = programs.run(shell("sleep 1000 & sleep 1000"), &pace);
  EXPECT_EQ(ran.error(), (Failure{ExitCode::interrupted, "sh was interrupted."}));
}

TEST(Program, ItHasAGroupOfItsOwnSoTheTerminalDoesNotKillIt) {
  // In /proc/PID/stat, behind the name: state, parent, group.
  const Ran ran = run(shell("read -r a b c d e f < /proc/self/stat; echo $a $e"));
  const std::size_t space = ran.out.find(' ');
  EXPECT_EQ(ran.out.substr(0, space) + '\n', ran.out.substr(space + 1));
}

TEST(Program, WhatAChildLeavesBehindIsNotWaitedFor) {
  const Ran ran = run(shell("sleep 30 & echo done"));
  EXPECT_EQ(ran.out, "done\n");
  EXPECT_TRUE(ran.good());
}

TEST(Program, WhatCannotBeStartedIsNamed) {
  SystemPrograms programs;
  EXPECT_EQ(
      programs.run({.words = {"./no-such-program"}}, nullptr).error(),
      (Failure{ExitCode::failed, "./no-such-program cannot be started: No such file or directory.",
               "See that it is installed and may be run."}));
  EXPECT_EQ(programs.run({}, nullptr).error().code, ExitCode::usage);
}

TEST(Program, SecretsOfTheEnvironmentCanBeHidden) {
  ::setenv("PROGRAM_TEST_TOKEN", "s3cret-token", 1);
  const auto secrets = secrets_of_environment();
  EXPECT_EQ(without(secrets, "got s3cret-token, s3cret-token"), "got ***, ***");
  EXPECT_EQ(without({"abc", "abcdefgh", "abcdef"}, "abcdefgh abc"), "*** abc");
  ::unsetenv("PROGRAM_TEST_TOKEN");
}

TEST(Program, LastLinesHaveNoControlCharacters) {
  EXPECT_EQ(last_lines("one\n\x1b[2Jtwo\r\n\nthree \n", 2),
            (std::vector<std::string>{" [2Jtwo", "three"}));
  EXPECT_EQ(last_lines("", 2), std::vector<std::string>{});
  EXPECT_EQ(last_lines(std::string(400, 'x'), 1).front(), std::string(300, 'x') + "…");
}

}  // namespace
}  // namespace sy::control
