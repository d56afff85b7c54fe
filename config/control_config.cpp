#include "config/control_config.h"

#include <sys/stat.h>

#include <filesystem>

#include "config/address.h"
#include "config/control_sections.h"

namespace sy::config {
namespace {

constexpr std::size_t environments_max = 64;

// Where the file is, when nobody says: here, or at home.
std::string usual_path(const Environment& environment) {
  std::error_code ignored;
  const std::string here = "switchctl.yaml";
  if (std::filesystem::exists(here, ignored)) return here;
  const auto home = environment("HOME");
  if (!home || home->empty()) return "";
  const std::string there = *home + "/.config/switchctl/switchctl.yaml";
  return std::filesystem::exists(there, ignored) ? there : "";
}

bool everybody_reads(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace

bool is_overheard(std::string_view url) {
  constexpr std::string_view plain = "http://";
  if (!url.starts_with(plain)) return false;
  std::string host{url.substr(plain.size())};
  host = host.substr(0, host.find('/'));
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.back() != ']') host.resize(colon);
  Address address;
  const bool numeric = !decode_address(host + ":1", address);
  return host != "localhost" && !(numeric && is_loopback(address.host));
}

ControlConfig read_control_config(Reader in, const Setting& setting) {
  ControlConfig config;
  ControlEnvironment shared;
  in.read_with("app", decode_name, shared.app);
  shared.services = read_control_services(in);
  in.require("environments");
  for (auto& [name, item] : in.named("environments", environments_max)) {
    shared.name = name;
    config.environments.insert_or_assign(name, read_environment(item, shared, setting));
  }
  in.expect(!config.environments.empty(), "environments", "must name at least one");
  in.finish();
  return config;
}

LoadedControl parse_control_config(std::string_view text, const std::string& file,
                                   const Environment& environment) {
  Findings findings{file};
  Findings warnings{file};
  const Node root = parse_document(text, environment, findings);
  LoadedControl loaded{.config = {}, .problems = {}, .warnings = {}, .file = file};
  if (!findings.unreadable()) {
    const Setting setting{std::filesystem::path{file}.parent_path().string(), environment,
                          warnings};
    loaded.config = read_control_config(Reader{root, findings}, setting);
  }
  loaded.problems = findings.problems();
  loaded.warnings = warnings.problems();
  return loaded;
}

LoadedControl load_control_config(const std::string& path, const Environment& environment) {
  const std::string file = path.empty() ? usual_path(environment) : path;
  if (file.empty()) return {};
  Findings findings{file};
  const auto text = read_text(file, findings);
  if (!text) return {.config = {}, .problems = findings.problems(), .warnings = {}, .file = file};
  LoadedControl loaded = parse_control_config(*text, file, environment);
  if (!everybody_reads(file)) loaded.warnings.clear();
  return loaded;
}

}  // namespace sy::config
