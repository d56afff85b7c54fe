#include <algorithm>

#include "control/aws/sigv4.h"
#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using vectors::read_file;
using vectors::text_of;
using SigV4Vectors = vectors::Suite;

// A request as the suite writes it: lines of LF, folded values, paths with spaces in them.
Request read_request(std::string text) {
  Request request;
  const auto end_of_head = text.find("\n\n");
  if (end_of_head != std::string::npos) request.body = text.substr(end_of_head + 2);
  std::istringstream lines{text.substr(0, end_of_head)};
  std::string line;
  std::getline(lines, line);
  const auto method = line.find(' ');
  const auto version = line.rfind(" HTTP/");
  request.method = line.substr(0, method);
  request.target = line.substr(method + 1, version - method - 1);
  while (std::getline(lines, line)) {
    const auto colon = line.find(':');
    if (line.starts_with(' ') || line.starts_with('\t')) {
      request.fields.back().value += ' ' + line;
    } else if (colon != std::string::npos) {
      request.fields.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
  }
  return request;
}

Seconds at(const std::string& iso) {
  return std::chrono::floor<std::chrono::seconds>(read_iso_date(iso).value());
}

void expect_signed(const std::filesystem::path& folder) {
  const auto world = vectors::read_json(folder / "context.json").as_object();
  const auto& who = world.at("credentials").as_object();
  const Credentials credentials{.access_key_id = text_of(who, "access_key_id"),
                                .secret_access_key = text_of(who, "secret_access_key"),
                                .session_token = text_of(who, "token"),
                                .account_id = "",
                                .expires = std::nullopt};
  const auto* omit = world.if_contains("omit_session_token");
  const Signing signing{.double_encode = true,
                        .normalize = world.at("normalize").as_bool(),
                        .sign_token = !(omit && omit->as_bool()),
                        .hash_field = world.at("sign_body").as_bool()};
  const Request request = read_request(read_file(folder / "request.txt"));

  const Signed out =
      explain(request, credentials, {text_of(world, "region"), text_of(world, "service")},
              at(text_of(world, "timestamp")), signing);

  EXPECT_EQ(out.canonical_request, read_file(folder / "header-canonical-request.txt"));
  EXPECT_EQ(out.string_to_sign, read_file(folder / "header-string-to-sign.txt"));
  EXPECT_EQ(out.signature, read_file(folder / "header-signature.txt"));
  const std::string sent = read_file(folder / "header-signed-request.txt");
  for (const Field& field : out.fields) {
    EXPECT_NE(lowered(sent).find(lowered(field.name + ':' + field.value)), std::string::npos)
        << field.name << ": " << field.value << "\nis not in\n"
        << sent;
  }
}

TEST_F(SigV4Vectors, EveryPublishedCaseIsSigned) {
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(file("sigv4"))) {
    if (!std::filesystem::exists(entry.path() / "context.json")) continue;
    SCOPED_TRACE(entry.path().filename().string());
    expect_signed(entry.path());
    ++cases;
  }
  EXPECT_EQ(cases, 38);
  report("sigv4", cases);
}

TEST_F(SigV4Vectors, PathsAreEncodedOnceMoreThanOnTheWire) {
  const Credentials credentials{"AKIDEXAMPLE", "secret", "", "", std::nullopt};
  for (const char* name : {"double-encode-path", "double-url-encode"}) {
    SCOPED_TRACE(name);
    const auto folder = file("sigv4") / name;
    const Request request = read_request(read_file(folder / "request.txt"));
    const Signed out = explain(request, credentials, {"us-east-2", "lambda"},
                               at("2021-05-11T15:40:45Z"), Signing{});
    EXPECT_EQ(out.canonical_request, read_file(folder / "header-canonical-request.txt"));
  }
  report("sigv4 double encoding", 2);
}

}  // namespace
}  // namespace sy::aws
