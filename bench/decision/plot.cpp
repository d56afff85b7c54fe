#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "report.h"

namespace sy::decision {
namespace {

constexpr double left = 80;
constexpr double top = 50;
constexpr double width = 620;
constexpr double height = 380;
constexpr double error_least = 0.015;
constexpr double requests_most = 30'000;
constexpr std::array<const char*, rule_names.size()> strokes{"#0b6e4f", "#c0392b", "#8e44ad",
                                                             "#d68910", "#2471a3"};

double across(double error) {
  return left + width * std::log(error / error_least) / std::log(1 / error_least);
}

double down(double requests) {
  return top + height * (1 - std::log(requests) / std::log(requests_most));
}

std::string one(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string label(double x, double y, const std::string& words, const std::string& more = "") {
  return "<text x=\"" + one(x) + "\" y=\"" + one(y) + "\" " + more + ">" + words + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2) {  // tidy: parameters: a line has four
  return "<line x1=\"" + one(x1) + "\" y1=\"" + one(y1) + "\" x2=\"" + one(x2) + "\" y2=\"" +
         one(y2) + "\" stroke=\"#ddd\"/>\n";
}

std::string axes() {
  std::string text;
  for (const double error : {0.02, 0.05, 0.1, 0.2, 0.5, 1.0}) {
    text += line(across(error), top, across(error), top + height);
    std::array<char, 16> percent{};
    std::snprintf(percent.data(), percent.size(), "%g %%", error * 100);
    text += label(across(error), top + height + 18, percent.data(), "text-anchor=\"middle\"");
  }
  for (const int requests : {1, 10, 100, 1'000, 10'000}) {
    text += line(left, down(requests), left + width, down(requests));
    text += label(left - 8, down(requests) + 4, std::to_string(requests), "text-anchor=\"end\"");
  }
  text += label(left + width / 2, top + height + 40, "candidate's error rate",
                "text-anchor=\"middle\"");
  return text + label(left, top - 26,
                      "Requests of the candidate until it is taken out, median (weight 10 %, live "
                      "fails 0.1 %)",
                      "font-weight=\"bold\"");
}

}  // namespace

std::string as_svg(const std::vector<Row>& rows, const std::string& texture) {
  std::string text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 490\" width=\"860\" "
      "height=\"490\" font-family=\"sans-serif\" font-size=\"13\">\n"
      "<rect width=\"860\" height=\"490\" fill=\"#fff\"/>\n" +
      axes();
  for (std::size_t rule = 0; rule < rule_names.size(); ++rule) {
    std::string points;
    std::string dots;
    double y = 0;
    double leftmost = 2;
    for (const auto& row : rows) {
      const Cell& cell = row.cells[rule];
      if (!row.by_median || row.texture != texture || !cell.asked) continue;
      if (!std::isfinite(cell.median)) continue;
      const double requests = std::clamp(cell.median, 1.0, requests_most);
      points += one(across(row.error)) + "," + one(down(requests)) + " ";
      dots += "<circle cx=\"" + one(across(row.error)) + "\" cy=\"" + one(down(requests)) +
              "\" r=\"3\" fill=\"" + strokes[rule] + "\"/>\n";
      leftmost = std::min(leftmost, row.error);
      if (row.error == 1) y = down(requests);
    }
    text += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + std::string{strokes[rule]} +
            "\" points=\"" + points + "\"/>\n" + dots;
    text += label(left + width + 10, y + 4, rule_names[rule],
                  "fill=\"" + std::string{strokes[rule]} + "\"");
  }
  return text + "</svg>\n";
}

}  // namespace sy::decision
