#include "api/message.h"
#include "control/commands/shared.h"

namespace sy::control {

ExitCode set_weights(const Args& args, Site& site, const Terminal& terminal) {
  PerColor<int> weight{-1, -1};
  for (const auto& word : args.words) {
    const auto equals = word.find('=');
    const auto color = parse_color(word.substr(0, equals));
    const auto percent =
        equals == word.npos ? std::nullopt : api::parse_percent(word.substr(equals + 1));
    if (!color || !percent || weight[*color] >= 0)
      return usage(terminal, "\"" + word + "\" is not a weight like green=10 or blue=99.5");
    weight[*color] = *percent;
  }
  for (const Color color : colors)
    if (weight[color] < 0) weight[color] = 10'000 - weight[other(color)];
  if (weight.blue + weight.green != 10'000)
    return usage(terminal, "blue and green must sum to 100, got " +
                               api::percent_text(weight.blue + weight.green));
  return change(args, site, terminal,
                {.method = "PUT",
                 .target = "/v1/weights",
                 .body = api::encode(api::WeightsBody{weight, args.force, args.reason})});
}

}  // namespace sy::control
