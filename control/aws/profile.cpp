#include "control/aws/profile.h"

#include <algorithm>
#include <vector>

#include "control/aws/text.h"

namespace sy::aws {
namespace {

enum class File { config, credentials };

bool name_allowed(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alnum(c) || std::string_view{"-/.%@_:+"}.find(c) != std::string_view::npos;
  });
}

bool key_allowed(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) {
    return is_alnum(c) || std::string_view{"-/.%@_:+"}.find(c) != std::string_view::npos;
  });
}

// What follows white space and # or ; is a comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    if ((line[i] == '#' || line[i] == ';') && is_space(line[i - 1])) return line.substr(0, i);
  }
  return line;
}

// What a section is, from the words between its brackets.
struct Heading {
  enum class What { profile, default_profile, sso_session, services, ignored };
  What what = What::ignored;
  std::string name;
};

Heading heading_of(std::string_view inside, File file) {
  inside = trimmed(inside);
  if (file == File::credentials) {
    if (!name_allowed(inside)) return {};
    return {Heading::What::profile, std::string{inside}};
  }
  if (inside == "default") return {Heading::What::default_profile, "default"};
  const auto gap = std::find_if(inside.begin(), inside.end(), is_space);
  const std::string_view word{inside.begin(), gap};
  const std::string_view name = trimmed(std::string_view{gap, inside.end()});
  if (!name_allowed(name)) return {};
  if (word == "profile") return {Heading::What::profile, std::string{name}};
  if (word == "sso-session") return {Heading::What::sso_session, std::string{name}};
  if (word == "services") return {Heading::What::services, std::string{name}};
  return {};
}

// One file, line by line.
class Parser {
 public:
  explicit Parser(File file) : file_{file} {}

  Result<Profiles> parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (const auto read = take(line); !read) return read.error();
    }
    // [profile default] beats [default], wherever they stand.
    if (prefixed_default_) return std::move(out_);
    if (plain_default_) out_.profiles["default"] = std::move(*plain_default_);
    return std::move(out_);
  }

 private:
  Result<> take(std::string_view line) {
    const std::string_view bare = trimmed(line);
    if (bare.empty() || line.front() == '#' || line.front() == ';') return {};
    if (is_space(line.front())) return continuation(bare);
    if (line.front() == '[') return section(line);
    return property(without_comment(line));
  }

  Result<> section(std::string_view line) {
    const auto close = line.find(']');
    const std::string_view comment_free = without_comment(line);
    if (close == std::string_view::npos || close >= comment_free.size())
      return problem("Profile definition must end with ']'");
    const std::string_view after = trimmed(line.substr(close + 1));
    if (!after.empty() && after.front() != '#' && after.front() != ';')
      return problem("Profile definition must end with ']'");
    open(heading_of(line.substr(1, close - 1), file_));
    return {};
  }

  void open(const Heading& heading) {
    in_section_ = true;
    value_ = nullptr;
    here_ = nullptr;
    after_property_ = false;
    switch (heading.what) {
      case Heading::What::profile:
        if (file_ == File::config && heading.name == "default") prefixed_default_ = true;
        here_ = &out_.profiles[heading.name];
        break;
      case Heading::What::default_profile:
        if (!plain_default_) plain_default_.emplace();
        here_ = &*plain_default_;
        break;
      case Heading::What::sso_session: here_ = &out_.sso_sessions[heading.name]; break;
      case Heading::What::services: here_ = &out_.services[heading.name]; break;
      case Heading::What::ignored: break;
    }
  }

  Result<> property(std::string_view line) {
    if (!in_section_) return problem("Expected a profile definition");
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return problem("Expected an '=' sign defining a property");
    const std::string key = lowered(trimmed(line.substr(0, equals)));
    if (key.empty()) return problem("Property did not have a name");
    after_property_ = true;
    value_ = nullptr;
    if (!here_ || !key_allowed(key)) return {};
    value_ = &(*here_)[key];
    *value_ = trimmed(line.substr(equals + 1));
    group_ = value_->empty();
    return {};
  }

  Result<> continuation(std::string_view text) {
    if (!in_section_) return problem("Expected a profile definition");
    if (!after_property_) return problem("Expected a property definition, found continuation");
    if (!value_) return {};
    if (group_) {
      const auto equals = text.find('=');
      if (equals == std::string_view::npos)
        return problem("Expected an '=' sign defining a sub-property");
      if (trimmed(text.substr(0, equals)).empty())
        return problem("Sub-property did not have a name");
    }
    value_->append("\n").append(text);
    return {};
  }

  Error problem(std::string_view what) const {
    return mistake((file_ == File::config ? "config file, line " : "credentials file, line ") +
                   std::to_string(line_) + ": " + std::string{what});
  }

  File file_;
  int line_ = 0;
  Profiles out_;
  std::optional<Properties> plain_default_;
  bool prefixed_default_ = false;
  bool in_section_ = false;
  bool after_property_ = false;
  Properties* here_ = nullptr;    // the section's, or null when it is ignored
  std::string* value_ = nullptr;  // what a continuation adds to, or null when it is ignored
  bool group_ = false;            // its value was empty: sub-properties follow
};

bool looks_like_region(std::string_view region) {
  const auto allowed = [](char c) { return is_alnum(c) || c == '-'; };
  return !region.empty() && region.size() <= 63 && region.front() != '-' && region.back() != '-' &&
         std::all_of(region.begin(), region.end(), allowed);
}

}  // namespace

std::optional<std::string> value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  if (found == environment.end() || trimmed(found->second).empty()) return std::nullopt;
  return found->second;
}

std::optional<std::string> value_of(const Properties& properties, std::string_view key,
                                    std::string_view sub_key) {
  const auto found = properties.find(key);
  if (found == properties.end() || !found->second.starts_with('\n')) return std::nullopt;
  std::string_view rest = found->second;
  std::optional<std::string> out;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size());
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && same_name(trimmed(line.substr(0, equals)), sub_key))
      out = trimmed(line.substr(equals + 1));
  }
  return out;
}

Result<Profiles> read_profiles(std::string_view config, std::string_view credentials) {
  auto merged = Parser{File::config}.parse(config);
  if (!merged) return merged;
  const auto secrets = Parser{File::credentials}.parse(credentials);
  if (!secrets) return secrets;
  for (const auto& [name, properties] : secrets->profiles) {
    Properties& into = merged->profiles[name];
    for (const auto& [key, value] : properties) into[key] = value;
  }
  return merged;
}

FileLocations file_locations(const Environment& environment) {
  const std::string home = value_of(environment, "HOME").value_or("") + "/.aws/";
  return {value_of(environment, "AWS_CONFIG_FILE").value_or(home + "config"),
          value_of(environment, "AWS_SHARED_CREDENTIALS_FILE").value_or(home + "credentials")};
}

std::string selected_profile(std::string_view flag, const Environment& environment) {
  if (!flag.empty()) return std::string{flag};
  if (auto name = value_of(environment, "AWS_PROFILE")) return *name;
  return value_of(environment, "AWS_DEFAULT_PROFILE").value_or("default");
}

Result<std::string> selected_region(std::string_view flag, const Environment& environment,
                                    const Properties& profile) {
  std::string region{flag};
  if (region.empty()) region = value_of(environment, "AWS_REGION").value_or("");
  if (region.empty()) region = value_of(environment, "AWS_DEFAULT_REGION").value_or("");
  if (const auto own = profile.find("region"); region.empty() && own != profile.end())
    region = own->second;
  region = trimmed(region);
  if (region.empty())
    return mistake("no region: give --region, AWS_REGION or a region in the profile");
  if (!looks_like_region(region)) return mistake("\"" + region + "\" is not a region");
  return region;
}

bool switched_on(const Environment& environment, std::string_view variable,
                 const Properties& profile, std::string_view key) {
  if (const auto value = value_of(environment, variable)) return same_name(trimmed(*value), "true");
  const auto found = profile.find(key);
  return found != profile.end() && same_name(found->second, "true");
}

}  // namespace sy::aws
