// The control API over a fake director, for the check of docs/openapi.yaml and for trying
// switchctl. Prints its port, serves until its standard input ends.
#include <unistd.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>

#include "api/server.h"
#include "integration/api/fake_control.h"

namespace {

sy::api::Provided provided() {
  return {.metrics = [] { return std::string("switchyard_up 1\n"); },
          .not_ready = [] { return std::string{}; },
          .history = [] { return std::string(R"({"changes":[],"durations":{}})"); },
          .dora =
              [] {
                return std::string(R"({"window_seconds":2592000,"deployments":0,)"
                                   R"("deployments_per_day":0,"changes":0,"failures":0,)"
                                   R"("change_failure_rate":null,"recovery_time_seconds":null,)"
                                   R"("lead_time_seconds":null})");
              },
          .version = "v20240101-abc1234",
          .git_sha = "abc1234"};
}

}  // namespace

int main(int argc, char** argv) {
  boost::asio::io_context io{1};
  const sy::SystemTime time;
  sy::testing::FakeControl control;
  sy::api::Options options;
  options.port = 0;
  // SHA-256 of "secret".
  if (argc > 1 && std::string_view(argv[1]) == "--token")
    options.tokens = {{"ci", sy::api::Role::operator_,
                       "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"}};
  sy::api::Server server{io.get_executor(), time, control, provided(), options};
  if (const auto started = server.start(); !started) return 1;
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  boost::asio::posix::stream_descriptor input{io, ::dup(0)};
  char byte = 0;
  input.async_read_some(boost::asio::buffer(&byte, 1),
                        [&server](const auto&, std::size_t) { server.stop(); });
  io.run();
  return 0;
}
