#include "health/words.h"

#include <gtest/gtest.h>

#include <boost/system/errc.hpp>

namespace sy::health {
namespace {

using namespace std::chrono_literals;
namespace errc = boost::system::errc;

boost::system::error_code code(errc::errc_t which) { return errc::make_error_code(which); }

TEST(HealthWords, TellTheStatusAndHowLongItTook) {
  EXPECT_EQ(answered(200, 3ms), "200 after 3 ms");
  EXPECT_EQ(answered(503, 11'200us), "503 after 12 ms");
  EXPECT_EQ(answered(200, 40us), "200 after 1 ms");
}

TEST(HealthWords, TellWhyThereWasNoConnection) {
  EXPECT_EQ(connect_failed(code(errc::connection_refused)), "connect refused");
  EXPECT_EQ(connect_failed(code(errc::host_unreachable)), "connect: no route to host");
  EXPECT_EQ(connect_failed(code(errc::network_unreachable)), "connect: network is unreachable");
}

TEST(HealthWords, TellHowFarAProbeCameInItsTime) {
  EXPECT_EQ(timed_out(800ms, Reached::nothing), "timed out after 800 ms (no connection)");
  EXPECT_EQ(timed_out(800ms, Reached::connection), "timed out after 800 ms (no answer)");
  EXPECT_EQ(timed_out(800ms, Reached::head), "timed out after 800 ms (body incomplete)");
}

TEST(HealthWords, TellWhatWasWrongWithTls) {
  EXPECT_EQ(tls_failed("hostname mismatch", code(errc::protocol_error)),
            "tls: certificate hostname mismatch");
  EXPECT_EQ(tls_failed("", code(errc::protocol_error)), "tls: protocol error");
}

TEST(HealthWords, TellWhereTheConnectionEnded) {
  EXPECT_EQ(broke_off({}, Reached::connection), "connection closed before an answer");
  EXPECT_EQ(broke_off(code(errc::connection_reset), Reached::connection),
            "connection reset before an answer");
  EXPECT_EQ(broke_off({}, Reached::head), "connection closed within the answer");
}

TEST(HealthWords, TellWhatWasWrongWithTheAnswer) {
  EXPECT_EQ(not_http(code(errc::bad_message)), "answer is not HTTP: bad message");
  EXPECT_EQ(head_too_long(16384), "head is over 16384 bytes");
  EXPECT_EQ(body_too_long(65536), "body is over 65536 bytes");
  EXPECT_EQ(body_is_not_json(), "body is not JSON");
}

TEST(HealthWords, TellWhichVersionAnsweredInsteadOfWhich) {
  EXPECT_EQ(wrong_version("v1", "v2"), "version v1 where v2 expected");
  EXPECT_EQ(wrong_version("", "v2"), "no version where v2 expected");
}

}  // namespace
}  // namespace sy::health
