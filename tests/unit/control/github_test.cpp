#include "control/github.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace sy::control::github {
namespace {

config::Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Github, ACommandIsOneLineWhateverItSays) {
  EXPECT_EQ(command("error", "", "50% failed\r\n::set-env name=A::b"),
            "::error::50%25 failed%0D%0A::set-env name=A::b\n");
  EXPECT_EQ(command("warning", "a,b: c", "d"), "::warning title=a%2Cb%3A c::d\n");
  EXPECT_EQ(command("group", "", "start"), "::group::start\n");
}

TEST(Github, ALineOfLogIsNoCommand) {
  EXPECT_EQ(plain("start: 2 of 3"), "start: 2 of 3");
  EXPECT_EQ(plain("  ::error::x"), "  \\::error::x");
  EXPECT_EQ(plain("a ##[error]x\n::error::y"), "a # #[error]x ::error::y");
}

TEST(Github, AnOutputIsOneWhateverItsValueHolds) {
  EXPECT_EQ(output("version", "v20240101-abc1234", "end_0"), "version=v20240101-abc1234\n");
  EXPECT_EQ(output("reason", "a\noutcome=completed", "end_0"),
            "reason<<end_0\na\noutcome=completed\nend_0\n");
  EXPECT_EQ(output("reason", "a\routcome=completed", "end_0"),
            "reason<<end_0\na\routcome=completed\nend_0\n");
  EXPECT_DEATH(std::ignore = output("a\nb", "c", "end_0"), "");
  EXPECT_DEATH(std::ignore = output("a", "b\nend_0\noutcome=x", "end_0"), "");
}

TEST(Github, ATextCannotFormATable) {
  EXPECT_EQ(markdown("a | <b> [c](d) `e`\n*f*"),
            "a &#124; &lt;b&gt; &#91;c](d) &#96;e&#96;<br>&#42;f&#42;");
}

TEST(Github, FilesAreAppendedToWhereTheyAreNamed) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sy-github-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto read = [&](const char* name) {
    std::ifstream file{folder / name};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  };
  const auto environment = environment_of({{"GITHUB_OUTPUT", folder / "out"},
                                           {"GITHUB_STEP_SUMMARY", folder / "summary"},
                                           {"GITHUB_ACTIONS", "true"}});
  EXPECT_TRUE(is_workflow(environment));
  std::ofstream{folder / "out"} << "before=1\n";
  EXPECT_EQ(write(environment, {{"outcome", "succeeded"}}, "## Done\n"), std::nullopt);
  EXPECT_EQ(read("out"), "before=1\noutcome=succeeded\n");
  EXPECT_EQ(read("summary"), "## Done\n");
  EXPECT_EQ(write(environment, {{"what", "a\nb"}}, ""), std::nullopt);
  const std::string out = read("out");
  EXPECT_TRUE(out.starts_with("before=1\noutcome=succeeded\nwhat<<end_")) << out;
  EXPECT_EQ(out.size(), std::string{"before=1\noutcome=succeeded\nwhat<<"}.size() + 2 * 36 + 6);

  EXPECT_EQ(write(environment_of({}), {{"a", "b"}}, "c"), std::nullopt);
  EXPECT_FALSE(is_workflow(environment_of({{"GITHUB_ACTIONS", "1"}})));
  EXPECT_EQ(write(environment_of({{"GITHUB_OUTPUT", "/nowhere/out"}}), {{"a", "b"}}, ""),
            "/nowhere/out cannot be written: No such file or directory");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sy::control::github
