#include "control/render/table.h"

#include <gtest/gtest.h>

namespace sy::control {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(table({{"A", "LONG", "C"}, {"wide cell", "x", "ü"}, {"", "", "end"}}, Look{}),
            "A          LONG  C\nwide cell  x     ü\n                 end\n");
  EXPECT_EQ(table({}, Look{}), "");
}

TEST(Table, WhatIsTooWideIsWrappedInItsColumnAndNothingIsLost) {
  const std::vector<Row> rows{
      {"NAME", "WHY"}, {"one", "the quick brown fox jumps over the lazy dog"}, {"two", "short"}};
  EXPECT_EQ(table(rows, Look{24, false}),
            "NAME  WHY\n"
            "one   the quick brown\n"
            "      fox jumps over the\n"
            "      lazy dog\n"
            "two   short\n");
}

TEST(Table, AWordLongerThanItsColumnIsBroken) {
  EXPECT_EQ(table({{"A", "B"}, {"x", "sha256:0123456789abcdef"}}, Look{16, false}),
            "A  B\nx  sha256:012345\n   6789abcdef\n");
}

TEST(Table, NoLineIsWiderThanTheTerminalWhateverItHolds) {
  const std::vector<Row> rows{{"SERVICE", "COLOR", "ENDPOINT", "GATE", "LAST PROBE"},
                              {"backend", "green", "http://10.0.0.1:8080", "shut",
                               "connect refused for the 17th time in a row, ü and so on"}};
  for (std::size_t width = 54; width < 130; ++width) {
    const std::string text = table(rows, Look{width, false});
    std::size_t begin = 0;
    while (begin < text.size()) {
      const auto end = text.find('\n', begin);
      ASSERT_LE(columns(text.substr(begin, end - begin)), width) << text;
      begin = end + 1;
    }
  }
}

TEST(Table, TonesAreEscapesOnlyWhereColorsAreWanted) {
  EXPECT_EQ(table({{"A"}, {Cell{"bad", Tone::bad}}}, Look{0, true}),
            "\x1b[2mA\x1b[0m\n\x1b[31mbad\x1b[0m\n");
  EXPECT_EQ(toned("fine", Tone::good, Look{}), "fine");
  EXPECT_EQ(toned("", Tone::good, Look{0, true}), "");
}

TEST(Table, TextFromElsewhereCannotSteerTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\nc\x7f"
                      "d\xc2\x9b"
                      "e ü"),
            "a [31mb c d e ü");
  EXPECT_EQ(table({{"A"}, {"x\x1b]0;title\x07y"}}, Look{0, true}),
            "\x1b[2mA\x1b[0m\nx ]0;title y\n");
  EXPECT_EQ(paragraph("- ", "one\ntwo", Look{}), "- one two\n");
}

TEST(Paragraph, GoesOnUnderItsBeginning) {
  EXPECT_EQ(paragraph("note: ", "the quick brown fox jumps", Look{20, false}),
            "note: the quick\n      brown fox\n      jumps\n");
  EXPECT_EQ(paragraph("note: ", "", Look{20, false}), "note: \n");
}

}  // namespace
}  // namespace sy::control
