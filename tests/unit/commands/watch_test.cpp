// watch where nothing can be drawn over: a line for each change.
#include <gtest/gtest.h>

#include "support/control_site.h"

namespace sy::control {
namespace {

using namespace sy::testing;

TEST(WatchVerb, PrintsALineForEachChangeUntilASignal) {
  ControlWorld world;
  world.time.at(std::chrono::milliseconds{2'500}, [&world] {
    world.proxy().view.colors.blue.weight = 9'000;
    world.proxy().view.colors.green.weight = 1'000;
  });
  world.time.at(std::chrono::milliseconds{4'500}, [&world] { world.proxy().down = true; });
  world.time.at(std::chrono::seconds{20}, [&world] { world.time.signal(); });
  EXPECT_EQ(world.run(Verb::watch), ExitCode::interrupted);
  EXPECT_EQ(world.out.str(),
            "10:00:00 staging: traffic is all on blue; steady\n"
            "10:00:03 staging: traffic is blue 90 %, green 10 %; steady\n"
            "10:00:05 staging: traffic is not known: no proxy can be reached; "
            "http://127.0.0.1:9900 does not answer\n");
}

}  // namespace
}  // namespace sy::control
