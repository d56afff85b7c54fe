#include "split/templates.h"

#include <gtest/gtest.h>

#include "counting_new.h"

namespace sy::split {
namespace {

std::string best(const Templates& templates, std::string_view path) {
  const auto at = templates.match(path);
  return at ? templates.texts()[*at] : "";
}

TEST(Templates, APlaceholderStandsForOneSegment) {
  const Templates templates{{"/api/patients/{id}"}};
  EXPECT_EQ(best(templates, "/api/patients/17"), "/api/patients/{id}");
  EXPECT_EQ(best(templates, "/api/patients"), "");
  EXPECT_EQ(best(templates, "/api/patients/17/notes"), "");
  EXPECT_EQ(best(templates, "/api/patients//"), "");
}

TEST(Templates, TheMostLiteralMatchWinsInAnyOrder) {
  const Templates templates{{"/{a}/{b}/{c}", "/api/{b}/{c}", "/{a}/x/y", "/api/x/{c}"}};
  EXPECT_EQ(best(templates, "/api/x/y"), "/api/x/{c}");
  EXPECT_EQ(best(templates, "/web/x/y"), "/{a}/x/y");
  EXPECT_EQ(best(templates, "/api/z/y"), "/api/{b}/{c}");
  EXPECT_EQ(best(templates, "/web/z/y"), "/{a}/{b}/{c}");
}

TEST(Templates, AQueryAndASlashAtTheEndDoNotMatter) {
  const Templates templates{{"/api/claims", "/"}};
  EXPECT_EQ(best(templates, "/api/claims?since=1/2"), "/api/claims");
  EXPECT_EQ(best(templates, "/api/claims/"), "/api/claims");
  EXPECT_EQ(best(templates, "/"), "/");
  EXPECT_EQ(best(templates, "/?q"), "/");
}

TEST(Templates, NoneMatchesNothing) { EXPECT_EQ(best(Templates{}, "/"), ""); }

TEST(Templates, APathTooDeepMatchesNothing) {
  std::string deep;
  for (std::size_t i = 0; i <= Templates::segments_max; ++i) deep += "/a";
  EXPECT_EQ(best(Templates{{deep, "/a"}}, deep), "");
}

TEST(Templates, MatchingAllocatesNothing) {
  const Templates templates{{"/api/patients/{id}", "/api/a/very/long/path/of/many/segments"}};
  const auto before = testing::allocations();
  EXPECT_TRUE(templates.match("/api/patients/0123456789012345678901234567890123456789"));
  EXPECT_EQ(testing::allocations(), before);
}

}  // namespace
}  // namespace sy::split
