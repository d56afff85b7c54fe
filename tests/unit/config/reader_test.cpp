#include "config/reader.h"

#include <gtest/gtest.h>

#include "unit/config/support.h"

namespace sy::config {
namespace {

using namespace std::chrono_literals;

struct Probe {
  std::string path = "/";
  Duration interval = 1s;
  int rise = 2;
  std::vector<std::string> hosts;
};

Probe read_probe(Reader in) {
  Probe probe;
  in.read("path", probe.path, starts_with("/"));
  in.read("interval", probe.interval, at_least<Duration>(100ms));
  in.read("rise", probe.rise, between(1, 100));
  in.read_list(
      "hosts", [](std::string_view text, std::string& out) { return decode(text, out); },
      probe.hosts, 3);
  in.expect(probe.rise != 13, "rise", "must not be 13");
  in.expect(probe.rise != 2 || probe.path != "/two", "rise", "must not be 2 for /two");
  in.finish();
  return probe;
}

struct Read {
  Probe probe;
  Lines problems;
  std::set<std::string> asked;
};

Read read(const std::string& text) {
  Findings findings{"f"};
  const Node root = parse_document(text, environment_of({}), findings);
  Read out;
  out.probe = read_probe(Reader{root, findings}.section("probe"));
  out.problems = lines(findings.problems());
  out.asked = findings.asked();
  return out;
}

TEST(Reader, ReportsEveryProblemInTheOrderOfTheFile) {
  EXPECT_EQ(read("probe:\n  rise: 0\n  path: x\n  fal: 3\n  interval: 5ms\n").problems,
            (Lines{"f:2:9: probe.rise: must be between 1 and 100, got 0",
                   "f:3:9: probe.path: must start with \"/\"", "f:4:3: probe.fal: unknown key",
                   "f:5:13: probe.interval: must be at least 100ms, got 5ms"}));
}

TEST(Reader, KeepsTheDefaultOfAKeyThatIsAbsentOrWrong) {
  const Read out = read("probe: {rise: x}\n");
  EXPECT_EQ(out.probe.rise, 2);
  EXPECT_EQ(out.probe.path, "/");
  EXPECT_EQ(out.problems, Lines{"f:1:15: probe.rise: must be a whole number, got \"x\""});
}

TEST(Reader, GuessesWhatAnUnknownKeyWasMeantToBe) {
  EXPECT_EQ(read("probe: {pth: /, intervall: 1s, Rise: 1, zzz: 1}\n").problems,
            (Lines{"f:1:9: probe.pth: unknown key, did you mean \"path\"?",
                   "f:1:17: probe.intervall: unknown key, did you mean \"interval\"?",
                   "f:1:32: probe.Rise: unknown key, did you mean \"rise\"?",
                   "f:1:41: probe.zzz: unknown key"}));
}

TEST(Reader, NamesTheKindItGotInsteadOfTheOneItWants) {
  EXPECT_EQ(read("probe: {path: [a], rise: {b: 1}, hosts: x}\n").problems,
            (Lines{"f:1:15: probe.path: must be text, got a list",
                   "f:1:26: probe.rise: must be text, got a map",
                   "f:1:41: probe.hosts: must be a list, got text"}));
  EXPECT_EQ(read("probe: 3\n").problems, Lines{"f:1:8: probe: must be a map, got text"});
}

TEST(Reader, AKeyWithoutAValueIsAProblem) {
  EXPECT_EQ(read("probe:\n  path:\n  rise: ~\n").problems,
            (Lines{"f:2:3: probe.path: has no value; give it one or leave the key out",
                   "f:3:3: probe.rise: has no value; give it one or leave the key out"}));
}

TEST(Reader, ListsAreBoundedAndHaveNoItemTwice) {
  EXPECT_EQ(read("probe: {hosts: [a, b, a]}\n").problems,
            Lines{"f:1:23: probe.hosts[2]: is listed twice"});
  EXPECT_EQ(read("probe: {hosts: [a, b, c, d]}\n").problems,
            Lines{"f:1:16: probe.hosts: must have at most 3 entries, got 4"});
  EXPECT_EQ(read("probe: {hosts: [a, [b]]}\n").problems,
            Lines{"f:1:20: probe.hosts[1]: must be text, got a list"});
}

TEST(Reader, AnExpectationIsPlacedAtTheKeyOrElseAtTheSection) {
  EXPECT_EQ(read("probe:\n  rise: 13\n").problems, Lines{"f:2:9: probe.rise: must not be 13"});
  EXPECT_EQ(read("probe:\n  path: /two\n").problems,
            Lines{"f:2:3: probe.rise: must not be 2 for /two"});
}

TEST(Reader, AnExpectationSaysNothingMoreOfAKeyThatIsWrongAlready) {
  EXPECT_EQ(read("probe: {path: /two, rise: 0}\n").problems,
            Lines{"f:1:27: probe.rise: must be between 1 and 100, got 0"});
}

TEST(Reader, RecordsWhatItWasAskedForEvenWhenTheSectionIsAbsent) {
  EXPECT_EQ(read("").asked, (std::set<std::string>{"probe", "probe.hosts", "probe.interval",
                                                   "probe.path", "probe.rise"}));
}

TEST(Reader, StopsCountingOutProblemsAtAHundred) {
  std::string text = "probe:\n";
  for (int i = 0; i < 130; ++i) text += "  zzzzzz" + std::to_string(i) + ": 1\n";
  const Lines problems = read(text).problems;
  EXPECT_EQ(problems.size(), 101U);
  EXPECT_EQ(problems.back(), "f: and 30 more problems");
}

TEST(Reader, WhatItRepeatsFitsOnOneLine) {
  EXPECT_EQ(read("probe: {rise: \"a\\nb\"}\n").problems,
            Lines{"f:1:15: probe.rise: must be a whole number, got \"a?b\""});
}

}  // namespace
}  // namespace sy::config
