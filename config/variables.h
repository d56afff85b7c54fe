// ${VAR} and ${VAR:-default} inside values.
#pragma once
#include "config/document.h"

namespace sy::config {

// Replaces variables in every value of the tree, never in keys. What comes from the environment is
// text only: it cannot add keys or lists. "$$" is a dollar sign.
void fill_variables(Node& root, const Environment& environment, Findings& findings);

}  // namespace sy::config
