#include "metrics/metrics.h"

#include <prometheus/text_serializer.h>

#include "metrics/families.h"

namespace sy::metrics {

std::string render(const Snapshot& snapshot) {
  return prometheus::TextSerializer{}.Serialize(Families{snapshot}.Collect());
}

}  // namespace sy::metrics
