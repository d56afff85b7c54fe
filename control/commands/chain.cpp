#include "control/commands/chain.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "director/journal.h"

namespace sy::control {
namespace {

namespace json = boost::json;

constexpr int pages_max = 10'000;

struct Page {
  std::string lines;  // as the proxy's file has them
  std::uint64_t first = 0;
  std::uint64_t next = 0;
  bool more = false;
};

// The API gives entries member by member as the file has them, so each is its line again.
Try<Page> page_of(const std::string& proxy, const std::string& body) {
  const auto checked = api::decode_journal(body);
  if (!checked) return edge::failure_of(proxy, checked.error());
  Page page{"", 0, checked->next, checked->more};
  if (!checked->entries.empty()) page.first = checked->entries.front().sequence;
  const auto parsed = json::parse(body);
  for (const auto& entry : parsed.at("entries").as_array())
    page.lines += json::serialize(entry) + "\n";
  return page;
}

Try<Page> ask(const edge::Edge& edge, std::size_t proxy, std::uint64_t after) {
  const auto& name = edge.names()[proxy];
  const auto answer =
      edge.send(proxy, {.target = "/v1/journal?limit=1000&after=" + std::to_string(after)});
  if (!answer) return edge::failure_of(name, answer.error());
  if (answer->status != 200) return edge::failure_of(name, *answer);
  return page_of(name, answer->body);
}

}  // namespace

Try<CheckedChain> verify_chain(const edge::Edge& edge, std::size_t proxy) {
  CheckedChain chain;
  std::string text;
  std::uint64_t after = 0;
  for (int pages = 0; pages < pages_max; ++pages) {
    const auto page = ask(edge, proxy, after);
    if (!page) return page.error();
    if (chain.first == 0) chain.first = page->first;
    text += page->lines;
    if (!page->more || page->next <= after) break;
    after = page->next;
  }
  auto found = director::verify_text(text);
  chain.entries = found.entries;
  chain.problems = std::move(found.problems);
  // A proxy keeps only the newest entries for readers: the oldest follows one that is not here.
  const bool cut = chain.first > 1 && !chain.problems.empty() &&
                   chain.problems.front() == "line 1 does not follow the entry before it";
  if (cut) chain.problems.erase(chain.problems.begin());
  return chain;
}

}  // namespace sy::control
