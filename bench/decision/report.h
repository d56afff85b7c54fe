// The table as text and JSON, and requests to revert as a plot.
#pragma once
#include <string>
#include <vector>

#include "table.h"

namespace sy::decision {

[[nodiscard]] std::string as_text(const std::vector<Row>& rows, const Effort& effort);
[[nodiscard]] std::string as_json(const std::vector<Row>& rows, const Effort& effort);
// Medians of the rows of one texture at weight 10 %; both axes logarithmic.
[[nodiscard]] std::string as_svg(const std::vector<Row>& rows, const std::string& texture);

}  // namespace sy::decision
