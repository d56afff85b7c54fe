// The part of an exchange that says what a request speaks of its color, and who asked. Nothing here
// runs before a request is over, and little of it unless it failed.
#include <algorithm>

#include "worker/exchange.h"
#include "worker/worker.h"

namespace sy::worker {
namespace {

using tally::Failure;

constexpr std::string_view line_end = "\r\n";

// FNV-1a (Fowler, Noll, Vo), its halves mixed by its caller's last call: equality is all that is
// asked of it.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      value_ ^= static_cast<unsigned char>(c);
      value_ *= 0x100000001b3;
    }
    value_ ^= 0xff;  // ("a", "bc") is not ("ab", "c")
    value_ *= 0x100000001b3;
  }
  void add(std::uint64_t number) { add({reinterpret_cast<const char*>(&number), sizeof number}); }
  [[nodiscard]] std::uint64_t value() const { return value_ ^ (value_ >> 32); }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

bool named(std::string_view line, std::string_view lower_case) {
  if (line.size() <= lower_case.size() || line[lower_case.size()] != ':') return false;
  return std::equal(lower_case.begin(), lower_case.end(), line.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

// The last `count` elements of a list.
std::string_view last_of(std::string_view list, int count) {
  std::size_t from = list.size();
  for (; count > 0 && from != list.npos && from != 0; --count) from = list.rfind(',', from - 1);
  return from == list.npos || from == list.size() ? list : list.substr(from + 1);
}

// The target of a request head as it was sent on.
std::string_view target_of(std::string_view head) {
  const std::size_t from = head.find(' ') + 1;
  return head.substr(from, head.find(' ', from) - from);
}

bool hard(Failure failure) {
  return failure == Failure::connect_refused || failure == Failure::reset;
}

}  // namespace

// By address, cookies and credentials as the client sent them. A proxy that is trusted vouches for
// the address before its own. Where nothing tells clients of one address apart, connections do.
std::uint64_t Exchange::client_key() {
  Hash hash;
  bool known = affinity_ != 0;
  hash.add(affinity_);
  std::string_view rest = request_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(line_end), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + line_end.size(), rest.size()));
    if (named(line, "x-forwarded-for")) hash.add(last_of(line, session_.peer.trusted ? 2 : 1));
    if (!named(line, "cookie") && !named(line, "authorization")) continue;
    hash.add(line);
    known = true;
  }
  if (!known) hash.add(session_.serial());
  return hash.value();
}

const std::string* Exchange::template_or_prefix() const {
  const auto at = service_->templates.match(target_of(request_));
  return at ? service_->template_names[*at] : route_;
}

// What the upstream did, when it was given the chance: clients that left, what this proxy lacked or
// refused, and a body that stalled speak of nobody.
Exchange::Says Exchange::says() const {
  if (client_fault_ || ended_ == Ended::client_left) return Says::nothing;
  switch (failure_) {
    case Failure::none:
      if (upstream_status_ == 0) return Says::nothing;
      return service_->failing.test(static_cast<std::size_t>(upstream_status_)) ? Says::ill
                                                                                : Says::well;
    case Failure::timeout: return response_head_read_ ? Says::nothing : Says::ill;
    case Failure::no_endpoint: return Says::nothing;
    case Failure::connect_refused:
    case Failure::connect_timeout:
    case Failure::reset:
    case Failure::bad_response:
    case Failure::truncated: return Says::ill;
  }
  return Says::nothing;
}

// The color's part in this request is over.
void Exchange::testify(bool replaying) {
  Ledger& ledger = worker_.ledger();
  if (!judged_ || epoch_ != ledger.epoch() || testified_[color_]) return;
  const Says says_now = says();
  if (says_now == Says::nothing) return;
  testified_[color_] = true;
  const bool ill = says_now == Says::ill;
  const bool by_route = ill || ledger.guarding();
  const std::string* route = by_route ? template_or_prefix() : nullptr;
  const RouteKey key{&service_->name, route, method_};
  if (ledger.guarding()) ledger.count(key, color_, ill);
  if (!ill) return ledger.succeeded(color_);
  Hash request;
  request.add(request_id());
  tally::Mishap mishap;
  mishap.at = worker_.time().now();
  mishap.color = color_;
  mishap.service = service_->name;
  mishap.route = key.label();
  mishap.client = client_key();
  mishap.request = request.value();
  mishap.failure = failure_;
  mishap.status = upstream_status_;
  mishap.hard = hard(failure_) && !response_head_read_;
  mishap.share = static_cast<double>(share_);
  ticket_ = ledger.failed(std::move(mishap), replaying);
  if (ticket_ != Ledger::no_ticket) worker_.expect_pair();
}

}  // namespace sy::worker
