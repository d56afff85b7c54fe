#include "config/document.h"

#include <gtest/gtest.h>

#include "unit/config/support.h"

namespace sy::config {
namespace {

Lines problems_of(const std::string& text) { return lines(parse(text).problems); }

struct Read {
  Node root;
  Lines problems;
};

Read read(const std::string& text, std::map<std::string, std::string> variables = {}) {
  Findings findings{"f"};
  Read out;
  out.root = parse_document(text, environment_of(std::move(variables)), findings);
  out.problems = lines(findings.problems());
  return out;
}

TEST(Document, KeepsThePlaceOfKeysAndValues) {
  const Read document = read("a:\n  b: [x, y]\n");

  const Entry& a = document.root.entries.at(0);
  const Entry& b = a.value.entries.at(0);
  EXPECT_EQ(b.place, (Place{2, 3}));
  EXPECT_EQ(b.value.place, (Place{2, 6}));
  EXPECT_EQ(b.value.entries.at(1).value.place, (Place{2, 10}));
  EXPECT_EQ(b.value.entries.at(1).value.text, "y");
}

TEST(Document, RefusesDuplicateKeysAtTheSecondPlace) {
  EXPECT_EQ(read("a: 1\nb: {c: 1, c: 2}\nl: [{d: 1}, {d: 1, d: 2}]\na: 2\n").problems,
            (Lines{"f:2:11: b.c: duplicate key", "f:3:20: l[1].d: duplicate key",
                   "f:4:1: a: duplicate key"}));
}

TEST(Document, TheSameKeyInTwoMapsIsNoDuplicate) {
  EXPECT_EQ(read("a: {x: 1}\nb: {x: 1}\n").problems, Lines{});
}

TEST(Document, RefusesAliasesSoThatNoTextGrows) {
  const std::string what =
      "anchors and aliases are not supported; quote text that starts with * or &";
  EXPECT_EQ(problems_of("a: &a [1]\nb: [*a, *a]\n"), Lines{"switchyard.yaml:1:4: " + what});
  EXPECT_EQ(problems_of("hosts: [*.example.com]\n"), Lines{"switchyard.yaml:1:9: " + what});
}

TEST(Document, RefusesTagsAndKeysThatAreNotText) {
  EXPECT_EQ(problems_of("a: !!int 3\n"),
            Lines{"switchyard.yaml:1:4: tags are not supported; quote text that starts with !"});
  EXPECT_EQ(problems_of("? [a]\n: b\n"), Lines{"switchyard.yaml:1:3: a key must be text"});
}

TEST(Document, RefusesASecondDocument) {
  EXPECT_EQ(problems_of("a: 1\n---\nb: 2\n"),
            Lines{"switchyard.yaml:3:1: only one YAML document is allowed"});
}

TEST(Document, RefusesWhatIsNestedTooDeep) {
  const std::string deep = std::string(33, '[') + std::string(33, ']');
  EXPECT_EQ(problems_of(deep), Lines{"switchyard.yaml:1:33: nested deeper than 32 levels"});
  EXPECT_EQ(read(deep.substr(1, 64)).problems, Lines{});
}

TEST(Document, RefusesAFileOverOneMebibyte) {
  EXPECT_EQ(problems_of(std::string(file_bytes_max + 1, '#')),
            Lines{"switchyard.yaml:1:1: is larger than 1 MiB"});
  EXPECT_EQ(read(std::string(file_bytes_max, '#')).problems, Lines{});
}

TEST(Document, RefusesBytesThatAreNoText) {
  const std::string what = "is not UTF-8 text, or holds a control character";
  EXPECT_EQ(problems_of("a: b\nc: \xff\n"), Lines{"switchyard.yaml:2:4: " + what});
  EXPECT_EQ(problems_of(std::string{"a: \0", 4}), Lines{"switchyard.yaml:1:4: " + what});
  EXPECT_EQ(problems_of("a: \x1b[2J"), Lines{"switchyard.yaml:1:4: " + what});
  EXPECT_EQ(problems_of("a: \xc0\xaf"), Lines{"switchyard.yaml:1:4: " + what});
  EXPECT_EQ(problems_of("a: \xed\xa0\x80"), Lines{"switchyard.yaml:1:4: " + what});
}

TEST(Document, SaysWhereTheYamlBreaks) {
  EXPECT_EQ(problems_of("app: a\n\tapp: b\n"),
            Lines{"switchyard.yaml:2:1: a tab cannot indent a line; use spaces"});
  EXPECT_EQ(
      problems_of("listen:\n  - address: [::]:8443\n"),
      Lines{"switchyard.yaml:2:18: not valid YAML: end of map not found (quote text that holds one "
            "of [ ] { } ,)"});
  EXPECT_EQ(problems_of("a: \"b\n"),
            Lines{"switchyard.yaml:1:4: the quote that begins here is never closed"});
}

TEST(Document, AQuoteThatIsNeverClosedDoesNotSwallowTheRest) {
  EXPECT_EQ(read("a: \"x\nb: 1\n").problems,
            Lines{"f:1:4: the quote that begins here is never closed"});
  EXPECT_EQ(read("é: 1\na: 'x''\nb: 1\n").problems,
            Lines{"f:2:4: the quote that begins here is never closed"});
  EXPECT_EQ(read("a: \"x\\\"\nb: 1\n").problems,
            Lines{"f:1:4: the quote that begins here is never closed"});
  EXPECT_EQ(read("\xEF\xBB\xBF\"a\": \"x\\\"\"\nb: 'it''s'\n").problems, Lines{});
}

TEST(Document, FillsInVariables) {
  const Read document =
      read("a: ${A}-${NONE:-x}\nb: \"${EMPTY:-y}${EMPTY}\"\nc: [\"$$${A}\", $A, \"${NONE:-}\"]\n",
           {{"A", "1"}, {"EMPTY", ""}});

  EXPECT_EQ(document.problems, Lines{});
  EXPECT_EQ(document.root.entries.at(0).value.text, "1-x");
  EXPECT_EQ(document.root.entries.at(1).value.text, "y");
  const auto& list = document.root.entries.at(2).value.entries;
  EXPECT_EQ(list.at(0).value.text, "$1");
  EXPECT_EQ(list.at(1).value.text, "$A");
  EXPECT_EQ(list.at(2).value.text, "");
}

TEST(Document, AVariableIsTextAndNeverYaml) {
  const Read document = read("a: \"${A}\"\n", {{"A", "x\nb: [1]"}});
  EXPECT_EQ(document.root.entries.size(), 1U);
  EXPECT_EQ(document.root.entries.at(0).value.text, "x\nb: [1]");
}

TEST(Document, SaysWhichVariableIsMissing) {
  EXPECT_EQ(read("a: {b: [x, \"${NONE}\"]}\nc: ${1X}\nd: ${A\n").problems,
            (Lines{"f:1:12: a.b[1]: the environment variable NONE is not set",
                   "f:2:4: c: \"${1X}\" does not name a variable; write $$ for a dollar sign",
                   "f:3:4: d: \"${\" without \"}\"; write $$ for a dollar sign"}));
}

TEST(Document, AValueFullOfVariablesIsBounded) {
  std::string text = "a: ";
  for (int i = 0; i < 100; ++i) text += "${BIG}";
  EXPECT_EQ(read(text, {{"BIG", std::string(1000, 'x')}}).problems,
            Lines{"f:1:4: a: is longer than 64 KiB"});
}

TEST(Document, AFileThatIsNotThereIsOneProblem) {
  const Loaded loaded = load_proxy_config("/nonexistent/switchyard.yaml", environment_of({}));
  EXPECT_EQ(lines(loaded.problems),
            Lines{"/nonexistent/switchyard.yaml: cannot be read: No such file or directory"});
  EXPECT_EQ(lines(load_proxy_config("/", environment_of({})).problems),
            Lines{"/: cannot be read: Is a directory"});
}

}  // namespace
}  // namespace sy::config
