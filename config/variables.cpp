#include "config/variables.h"

#include <algorithm>

#include "config/text.h"

namespace sy::config {
namespace {

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

struct Filled {
  std::string text;
  std::string fault;  // empty: none
};

// `inside` is what stands between the braces.
Filled look_up(std::string_view inside, const Environment& environment) {
  const std::size_t split = inside.find(":-");
  const std::string name{inside.substr(0, split)};
  if (!is_variable_name(name)) {
    return {"",
            "\"${" + shown(inside) + "}\" does not name a variable; write $$ for a dollar sign"};
  }
  const auto value = environment(name);
  if (split == std::string_view::npos) {
    if (!value) return {"", "the environment variable " + shown(name) + " is not set"};
    return {*value, ""};
  }
  if (!value || value->empty()) return {std::string{inside.substr(split + 2)}, ""};
  return {*value, ""};
}

Filled fill(std::string_view text, const Environment& environment) {
  Filled out;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("$$")) {
      out.text += '$';
      i += 2;
    } else if (rest.starts_with("${")) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos)
        return {"", "\"${\" without \"}\"; write $$ for a dollar sign"};
      const Filled one = look_up(rest.substr(2, end - 2), environment);
      if (!one.fault.empty()) return one;
      out.text += one.text;
      i += end + 1;
    } else {
      out.text += text[i++];
    }
    if (out.text.size() > scalar_bytes_max) return {"", "is longer than 64 KiB"};
  }
  return out;
}

void fill_node(Node& node, const std::string& path, const Environment& environment,
               Findings& findings) {
  if (node.kind == Node::Kind::text) {
    Filled filled = fill(node.text, environment);
    node.literal = node.text.find("${") == std::string::npos;
    if (!filled.fault.empty()) {
      findings.add(node.place, path, filled.fault);
      node.kind = Node::Kind::refused;
    }
    node.text = std::move(filled.text);
    return;
  }
  std::size_t index = 0;
  for (Entry& entry : node.entries) {
    const std::string below = node.kind == Node::Kind::list
                                  ? path + '[' + std::to_string(index++) + ']'
                                  : path + (path.empty() ? "" : ".") + shown(entry.key);
    fill_node(entry.value, below, environment, findings);
  }
}

}  // namespace

void fill_variables(Node& root, const Environment& environment, Findings& findings) {
  fill_node(root, "", environment, findings);
}

}  // namespace sy::config
