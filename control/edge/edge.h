// All proxies of one environment as one: what is asked of every one, and what it means when they
// do not agree. Knows the control API and nothing of deploys.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/message.h"
#include "control/edge/options.h"
#include "control/edge/proxy_client.h"
#include "control/terms/failure.h"

namespace sy::control::edge {

// Sends one call to the proxy of that index.
using Send = std::function<Result<Answer>(std::size_t proxy, const Call& call)>;

struct Seen {  // of one proxy
  std::string proxy{};
  Try<api::StatusView> status{Failure{}};
};

// What each proxy calls the rollout that was begun on it.
using Rollouts = std::map<std::string, std::string>;  // proxy → id

struct Applied {
  std::string proxy{};
  api::AppliedView view{};
  std::string body{};  // as it came
};

class Edge {
 public:
  // `names` are for people and for Rollouts, each once; REQUIRES at least one.
  Edge(std::vector<std::string> names, Send send);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] Result<Answer> send(std::size_t proxy, const Call& call) const;

  // Every proxy once, those that do not answer included.
  [[nodiscard]] std::vector<Seen> look() const;
  // The status of all; a failure names each proxy that has none.
  [[nodiscard]] Try<std::vector<api::StatusView>> status() const;

  // The same change on all, in their order and to the last, whatever one answers. A failure names
  // who refused, why, and who took it. `key` makes a repetition harmless (Idempotency-Key).
  [[nodiscard]] Try<std::vector<Applied>> change(const Call& call, const std::string& key) const;

  // A rollout on all but those that have one in `begun` (an empty id: theirs is over). When one
  // refuses, those that run are aborted, and it fails.
  [[nodiscard]] Try<Rollouts> start(const api::StartBody& body, const std::string& key,
                                    Rollouts begun = {}) const;
  // Ends the rollouts that run, on whichever proxies one runs.
  [[nodiscard]] Try<> abort(const std::string& reason) const;
  // All traffic to `color` on every proxy, whatever goes on there: rollouts are aborted, `rollback`
  // is used where that leads there. Proxies where it is so already are left alone.
  [[nodiscard]] Try<> take_back(Color color, const std::string& reason) const;
  [[nodiscard]] Try<> put_upstreams(Color color, const api::Endpoints& endpoints,
                                    const std::string& reason) const;

 private:
  [[nodiscard]] Try<Applied> apply(std::size_t proxy, const Call& call,
                                   const std::string& key) const;
  [[nodiscard]] Try<> take_back(std::size_t proxy, Color color, const std::string& reason) const;
  [[nodiscard]] Try<> on_each(const std::function<Try<>(std::size_t)>& act) const;

  std::vector<std::string> names_;
  Send send_;
};

// What a refusal or a missing answer means for switchctl: 401 and 403 are `forbidden`, 409 and 412
// `refused`, anything else `failed`.
[[nodiscard]] Failure failure_of(const std::string& proxy, const Answer& answer);
[[nodiscard]] Failure failure_of(const std::string& proxy, const Error& error);

// One failure for several: the most telling code (forbidden, refused, failed), every sentence.
[[nodiscard]] Failure joined(const std::vector<Failure>& failures);

// The proxies behind the urls: each address of a name is one, called "url (address)".
[[nodiscard]] Try<Edge> open_edge(const Options& options);

}  // namespace sy::control::edge
