// The published protocol cases that apply to a library which decodes only what it uses: errors,
// the heads and bodies of requests, and the reader of XML over every answer.
#include <algorithm>

#include "control/aws/dates.h"
#include "control/aws/wire.h"
#include "control/aws/xml.h"
#include "unit/aws/vectors.h"

namespace sy::aws {
namespace {

using vectors::text_of;
using vectors::json::array;
using vectors::json::object;
using vectors::json::value;
using ProtocolVectors = vectors::Suite;

Answer answer_of(const object& test) {
  const object& response = test.at("response").as_object();
  Answer out{
      static_cast<int>(response.at("status_code").as_int64()), {}, text_of(response, "body")};
  if (const auto* headers = response.if_contains("headers")) {
    for (const auto& [name, text] : headers->as_object())
      out.fields.push_back({name, std::string{text.as_string()}});
  }
  return out;
}

// Every case of a file, with the operation's name of the protocol in it.
template <class Visit>
void each_case(const value& suites, const Visit& visit) {
  for (const auto& suite : suites.as_array()) {
    for (const auto& test : suite.at("cases").as_array())
      visit(suite.as_object(), test.as_object());
  }
}

int expect_errors(const value& suites, Error (*decode)(const Answer&)) {
  int cases = 0;
  each_case(suites, [&](const object&, const object& test) {
    if (!test.contains("errorCode")) return;
    SCOPED_TRACE(text_of(test, "id"));
    ++cases;
    const Error error = decode(answer_of(test));
    EXPECT_EQ(error.code, text_of(test, "errorCode"));
    EXPECT_EQ(error.what, text_of(test, "errorMessage"));
  });
  return cases;
}

TEST_F(ProtocolVectors, ErrorsAreKnownByTheirCode) {
  const int of_json =
      expect_errors(vectors::read_json(file("protocol/json11-output.json")), json_error);
  const int of_query =
      expect_errors(vectors::read_json(file("protocol/query-output.json")), query_error);
  EXPECT_EQ(of_json, 12);
  EXPECT_EQ(of_query, 3);
  report("json11 errors", of_json);
  report("query errors", of_query);
}

TEST_F(ProtocolVectors, JsonRequestsHaveTheHeadThatIsWanted) {
  int cases = 0;
  each_case(vectors::read_json(file("protocol/json11-input.json")),
            [&](const object& suite, const object& test) {
              SCOPED_TRACE(text_of(test, "id"));
              ++cases;
              const object& wanted = test.at("serialized").as_object();
              const std::string target = text_of(suite.at("metadata").as_object(), "targetPrefix") +
                                         '.' + text_of(test.at("given").as_object(), "name");
              const Request request = json_request(target, text_of(wanted, "body"));
              EXPECT_EQ(request.method, text_of(wanted, "method"));
              EXPECT_EQ(find(request.fields, "X-Amz-Target"), target);
              const auto* headers = wanted.if_contains("headers");
              const object none;
              for (const char* name : {"Content-Type", "X-Amz-Target"}) {
                const std::string sent = text_of(headers ? headers->as_object() : none, name);
                EXPECT_TRUE(sent.empty() || find(request.fields, name) == sent) << name;
              }
            });
  EXPECT_EQ(cases, 54);
  report("json11 request heads", cases);
}

// A parameter as text, or nothing when this library never sends its kind.
std::optional<std::string> written(const value& parameter) {
  if (parameter.is_string()) return std::string{parameter.get_string()};
  if (parameter.is_bool()) return parameter.get_bool() ? "true" : "false";
  if (parameter.is_int64()) return std::to_string(parameter.get_int64());
  return std::nullopt;
}

std::optional<Parameters> flat(const object& params) {
  Parameters out;
  for (const auto& [name, parameter] : params) {
    const auto text = written(parameter);
    if (!text) return std::nullopt;
    out.emplace_back(name, *text);
  }
  return out;
}

TEST_F(ProtocolVectors, QueryRequestsOfPlainParametersHaveTheBodyThatIsWanted) {
  int cases = 0;
  int aside = 0;
  each_case(vectors::read_json(file("protocol/query-input.json")), [&](const object& suite,
                                                                       const object& test) {
    const std::string id = text_of(test, "id");
    SCOPED_TRACE(id);
    const auto parameters = flat(test.at("params").as_object());
    const object& wanted = test.at("serialized").as_object();
    // Blobs, timestamps, tokens filled in and compressed bodies are not sent here.
    const bool other = !parameters || text_of(wanted, "body").empty() ||
                       id.find("Blob") != std::string::npos ||
                       id.find("Timestamps") != std::string::npos ||
                       id == "QueryProtocolIdempotencyTokenAutoFill" || id.starts_with("SDKApp");
    other ? ++aside : ++cases;
    if (other) return;
    const Request request =
        query_request(text_of(test.at("given").as_object(), "name"),
                      text_of(suite.at("metadata").as_object(), "apiVersion"), *parameters);
    EXPECT_EQ(request.body, text_of(wanted, "body"));
    EXPECT_TRUE(
        find(request.fields, "Content-Type")->starts_with("application/x-www-form-urlencoded"));
  });
  EXPECT_EQ(cases, 16);
  report("query requests", cases, std::to_string(aside) + " of lists, maps, blobs, dates aside");
}

void collect_leaves(const Element& element, std::vector<std::string>& out) {
  if (element.children.empty()) out.push_back(element.text);
  for (const Element& inner : element.children) collect_leaves(inner, out);
}

void collect_scalars(const value& from, std::vector<value>& out) {
  if (from.is_array()) {
    for (const auto& inner : from.get_array()) collect_scalars(inner, out);
  } else if (from.is_object()) {
    for (const auto& member : from.get_object()) collect_scalars(member.value(), out);
  } else {
    out.push_back(from);
  }
}

// Whether this text of an answer is that value.
bool says(const std::string& text, const value& wanted) {
  if (wanted.is_string()) return text == wanted.get_string() || text == "dmFsdWU=";
  if (wanted.is_bool()) return text == (wanted.get_bool() ? "true" : "false");
  const double number = wanted.to_number<double>();
  char* end = nullptr;
  if (std::strtod(text.c_str(), &end) == number && !text.empty() && *end == '\0') return true;
  if (const auto iso = read_iso_date(text)) return read_epoch(number) == *iso;
  const auto http = read_http_date(text);
  return http && read_epoch(number) == Moment{*http};
}

TEST_F(ProtocolVectors, EveryQueryAnswerIsReadAndHoldsWhatItShould) {
  int cases = 0;
  int without_body = 0;
  each_case(vectors::read_json(file("protocol/query-output.json")), [&](const object&,
                                                                        const object& test) {
    SCOPED_TRACE(text_of(test, "id"));
    const Answer answer = answer_of(test);
    answer.body.empty() ? ++without_body : ++cases;
    if (answer.body.empty()) return;
    const auto root = read_xml(answer.body);
    ASSERT_TRUE(root) << root.error().what;
    std::vector<std::string> leaves;
    collect_leaves(*root, leaves);
    std::vector<value> wanted;
    collect_scalars(test.contains("result") ? test.at("result") : test.at("error"), wanted);
    for (const value& one : wanted) {
      EXPECT_TRUE(std::any_of(leaves.begin(), leaves.end(), [&](const auto& leaf) {
        return says(leaf, one);
      })) << vectors::json::serialize(one);
    }
  });
  EXPECT_EQ(cases, 35);
  report("query answers read", cases, std::to_string(without_body) + " have no body");
}

}  // namespace
}  // namespace sy::aws
