// Versions of the record, and what another one would change. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "control/facts/facts.h"
#include "control/render/table.h"

namespace sy::control {

// Of each version: why it cannot be found any more; empty: it is there.
using Gone = std::map<Version, std::string>;

struct Recorded {  // one version of the record
  Version version{};
  std::string role{};  // "current", "previous", "earlier"
  std::string color{};
  WallTime at{};
  std::string by{};
  std::string operation{};  // the last one of it, and its result
  std::string result{};
  bool can_return = false;  // a rollback to it would find what it needs
  std::string back{};       // in words: "live", "yes, at once", "no: …"
  bool operator==(const Recorded&) const = default;
};

// Current, previous, then the others, each version once.
[[nodiscard]] std::vector<Recorded> recorded_versions(const Facts& facts, const Gone& gone);
[[nodiscard]] std::string versions_text(const Facts& facts, const std::vector<Recorded>& versions,
                                        const Look& look);
[[nodiscard]] std::string versions_json(const Facts& facts, const std::vector<Recorded>& versions);

struct Difference {  // of one thing, between what is live and what a deploy would bring
  std::string what{};
  std::string now{};
  std::string then{};
  bool operator==(const Difference&) const = default;
};

// REQUIRES: the proxies agree on the live color.
[[nodiscard]] std::vector<Difference> differences(const Facts& facts,
                                                  const platform::Artifact& artifact, bool push);
[[nodiscard]] std::string differences_text(const Facts& facts, const Version& version,
                                           const std::vector<Difference>& differences,
                                           const Look& look);
[[nodiscard]] std::string differences_json(const Facts& facts, const Version& version,
                                           const std::vector<Difference>& differences);

}  // namespace sy::control
