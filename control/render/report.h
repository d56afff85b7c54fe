// Journals, histories and key metrics of proxies as tables for people. Pure: it is given the JSON
// that the proxies answered.
#pragma once
#include <string>
#include <vector>

#include "api/message.h"
#include "control/render/table.h"
#include "control/terms/failure.h"

namespace sy::control {

struct Report {  // of one proxy
  std::string proxy{};
  std::string body{};  // JSON of the API
};

[[nodiscard]] std::string journal_text(const api::JournalView& journal, const Look& look);
// Changes of all proxies, the newest first; a failure when one is no history.
[[nodiscard]] Try<std::string> history_text(const std::vector<Report>& reports, const Look& look);
// A column for each proxy, and one for all where there are several.
[[nodiscard]] Try<std::string> dora_text(const std::vector<Report>& reports, const Look& look);
// The body itself where there is one proxy; else an object with all of them.
[[nodiscard]] std::string reports_json(const std::vector<Report>& reports, const std::string& key);

}  // namespace sy::control
