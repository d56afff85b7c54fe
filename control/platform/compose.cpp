#include "control/platform/compose.h"

#include <algorithm>
#include <filesystem>

#include "base/time_text.h"
#include "control/platform/env_file.h"
#include "control/platform/here.h"
#include "control/platform/names.h"
#include "control/platform/write_file.h"
#include "control/terms/commit.h"

namespace sy::control::platform {
namespace {

std::string text(Color color) { return std::string{name(color)}; }

ComposeProject project_of(const ComposePlatform::Setup& setup) {
  const std::filesystem::path file = std::filesystem::path{setup.folder} / setup.options.file;
  return {.folder = file.parent_path().string(),
          .file = file.filename().string(),
          .name = filled(setup.options.project, {setup.app, setup.environment}),
          .command = setup.options.command};
}

std::string repository(const std::string& image) {
  const std::string tag = tag_of(image);
  return tag.empty() ? image : image.substr(0, image.size() - tag.size() - 1);
}

Failure unknown_service(const std::string& name, const std::string& file) {
  return Failure{ExitCode::usage, file + " has no service " + name + " with an image.",
                 "See docs/compose.md for what switchctl expects of a compose file."};
}

}  // namespace

ComposePlatform::ComposePlatform(Setup setup, Programs& programs)
    : setup_{std::move(setup)}, calls_{project_of(setup_), programs} {}

Try<Caller> ComposePlatform::caller() { return Caller{.name = user_at_host()}; }

Try<Observation> ComposePlatform::observe() {
  const auto images = calls_.images({});
  if (!images) return images.error();
  const auto all = calls_.containers();
  if (!all) return all.error();
  std::vector<std::string> ids;
  for (const Container& one : *all) ids.push_back(one.image_id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const auto digests = calls_.digests(ids);
  if (!digests) return digests.error();
  Observation seen;
  for (const auto& [service, options] : setup_.services) {
    for (const Color color : colors) {
      Running& one = seen[service][color];
      one = running(*all, service, color);
      one.exists = images->contains(service_name(service, color));
      if (!one.exists) one.state = "no such service in " + calls_.project().file;
      if (const auto digest = digests->find(one.digest); digest != digests->end())
        one.digest = digest->second;
    }
  }
  return seen;
}

Try<Artifact> ComposePlatform::find(const Version& version) {
  Artifact artifact{.version = version, .git_sha = commit_of(version)};
  std::vector<std::string> services;
  for (const auto& [service, options] : setup_.services) services.push_back(service);
  for (const Color color : colors) {
    const auto images = images_of(services, color, version);
    if (!images) return images.error();
    for (const auto& [service, image] : *images) artifact.images[service].reference = image;
  }
  for (auto& [service, image] : artifact.images) {
    const auto digests = calls_.digests({image.reference});
    if (!digests) return digests.error();
    if (!digests->empty()) {
      image.digest = digests->begin()->second;
    } else if (const auto there = calls_.in_registry(image.reference); !there) {
      return Failure{ExitCode::refused,
                     "The image " + image.reference + " of " + service +
                         " is neither on this machine nor to be had: " + there.error().what,
                     "Build or pull it, or see which there are: docker images"};
    }
  }
  return artifact;
}

Try<> ComposePlatform::start(const Wanted& wanted, Started& started) {
  started.color = wanted.color;
  if (const auto noted = note_before(wanted, started); !noted) return noted;
  if (const auto written = write_versions(started, false); !written) return written;
  const std::string& sha = wanted.artifact.git_sha;
  for (const auto& [service, count] : wanted.counts) {
    const auto brought = bring(service, wanted.color, started.services[service],
                               sha.empty() ? commit_of(wanted.artifact.version) : sha);
    if (!brought) return brought;
  }
  return {};
}

Try<Progress> ComposePlatform::progress(const Started& started) {
  const auto all = calls_.containers();
  if (!all) return all.error();
  Progress progress;
  std::string waiting;
  for (const auto& [service, wanted] : started.services) {
    const std::string name = service_name(service, started.color);
    progress.desired += wanted.count;
    for (const Container& one : *all) {
      if (one.service != name) continue;
      const auto fault = against(one, tag_of(wanted.definition));
      if (fault && !progress.failed) progress.failed = fault;
      if (fault) continue;
      if (one.up()) ++progress.running;
      if (!one.up()) waiting = ": " + one.name + ' ' + in_words(one);
    }
  }
  progress.up = !progress.failed && progress.running >= progress.desired;
  progress.words = std::to_string(progress.running) + " of " + std::to_string(progress.desired) +
                   " containers up" + waiting;
  return progress;
}

Try<> ComposePlatform::restore(const Started& started) {
  if (const auto written = write_versions(started, true); !written) return written;
  for (const auto& [service, done] : started.services) {
    const std::string name = service_name(service, started.color);
    if (done.desired_before == 0) {
      if (const auto gone = calls_.remove(name); !gone) return gone;
      continue;
    }
    Started::Service before{.definition = done.definition_before, .count = done.desired_before};
    if (const auto back =
            bring(service, started.color, before, commit_of(tag_of(before.definition)));
        !back)
      return back;
  }
  return {};
}

Try<> ComposePlatform::scale(const std::string& service, Color color, int count) {
  const std::string name = service_name(service, color);
  const auto images = calls_.images({});
  if (!images) return images.error();
  if (!images->contains(name)) return unknown_service(name, calls_.project().file);
  if (count == 0) return calls_.remove(name);
  const auto there = containers_of(service, color);
  if (!there) return there.error();
  const std::string sha =
      there->empty() ? commit_of(tag_of(images->at(name))) : there->front().git_sha;
  return calls_.up(name, count, {{"GIT_SHA", sha}}, true);
}

Try<Started> ComposePlatform::restart(const std::string& service, Color color) {
  const std::string name = service_name(service, color);
  const auto there = containers_of(service, color);
  if (!there) return there.error();
  if (there->empty()) {
    return Failure{ExitCode::refused, "There is no container of " + name + " to restart.",
                   "Start some: switchctl scale " + setup_.environment + ' ' + service +
                       " 1 --color " + text(color)};
  }
  const int count = static_cast<int>(there->size());
  const Container& first = there->front();
  // Not --force-recreate: docker-compose 1.29 fails half-way at it on newer engines
  // ("ContainerConfig"), and leaves neither the old containers nor the new ones.
  if (const auto gone = calls_.remove(name); !gone) return gone.error();
  const Variables variables{{variable(service, color), tag_of(first.image)},
                            {"GIT_SHA", first.git_sha}};
  if (const auto up = calls_.up(name, count, variables, false); !up) return up.error();
  Started started{.color = color};
  started.services[service] = {.definition = first.image,
                               .deployment = "restart",
                               .definition_before = first.image,
                               .desired_before = count,
                               .count = count};
  return started;
}

Try<std::vector<std::string>> ComposePlatform::events(const std::string& service, Color color) {
  constexpr std::size_t lines_max = 20;
  const auto there = containers_of(service, color);
  if (!there) return there.error();
  std::vector<std::string> lines;
  for (const Container& one : *there) {
    lines.push_back(one.name + ": " + in_words(one));
    if (one.up()) continue;
    const auto said = calls_.log(one.name, {"--tail", std::to_string(lines_max)});
    if (!said) continue;  // It has gone, or its log driver cannot be read: the state was said.
    auto last = last_lines(without(secrets_of_environment(), *said), lines_max);
    std::reverse(last.begin(), last.end());
    for (const std::string& line : last) lines.push_back("  " + line);
  }
  return lines;
}

Try<std::vector<Line>> ComposePlatform::logs(const std::string& service, std::optional<Color> color,
                                             WallTime since) {
  std::vector<Line> lines;
  for (const Color each : colors) {
    if (color && *color != each) continue;
    const auto there = containers_of(service, each);
    if (!there) return there.error();
    for (const Container& one : *there) {
      const auto said = calls_.log(one.name, {"--timestamps", "--since", iso(since)});
      if (!said) return said.error();
      for (Line& line : parse_log(*said, one.name)) lines.push_back(std::move(line));
    }
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  return lines;
}

std::string ComposePlatform::service_name(const std::string& service, Color color) const {
  return filled(setup_.options.service, {setup_.app, setup_.environment, service, sy::name(color)});
}

std::string ComposePlatform::variable(const std::string& service, Color color) const {
  return filled(setup_.options.variable,
                {setup_.app, setup_.environment, service, sy::name(color)});
}

std::string ComposePlatform::env_path() const {
  const std::filesystem::path folder{calls_.project().folder};
  return (folder / ".env").string();
}

Try<ComposePlatform::Containers> ComposePlatform::containers_of(const std::string& service,
                                                                Color color) {
  const auto all = calls_.containers();
  if (!all) return all.error();
  const std::string name = service_name(service, color);
  Containers found;
  for (const Container& one : *all)
    if (one.service == name) found.push_back(one);
  return found;
}

Task ComposePlatform::task(const Container& container, const std::string& service) const {
  Task task{.id = container.name,
            .state = in_words(container),
            .version = container.version,
            .up = container.up()};
  const auto options = setup_.services.find(service);
  int port = container.port;
  if (options != setup_.services.end() && options->second.port != 0) port = options->second.port;
  if (!container.address.empty() && port != 0)
    task.url = "http://" + container.address + ':' + std::to_string(port);
  return task;
}

Running ComposePlatform::running(const Containers& all, const std::string& service,
                                 Color color) const {
  Running one;
  for (const Container& container : all) {
    if (container.service != service_name(service, color)) continue;
    ++one.desired;
    if (container.up()) ++one.running;
    one.definition = container.image;
    one.digest = container.image_id;
    one.version = container.version.empty() ? tag_of(container.image) : container.version;
    one.tasks.push_back(task(container, service));
  }
  one.state = one.desired == 0 ? "no containers"
                               : std::to_string(one.running) + " of " +
                                     std::to_string(one.desired) + " containers up";
  return one;
}

Try<std::map<std::string, std::string>> ComposePlatform::images_of(
    const std::vector<std::string>& services, Color color, const Version& version) {
  if (!is_tag(version)) {
    return Failure{ExitCode::usage, "\"" + version + "\" cannot be the tag of an image.",
                   "Tags have letters, digits, \"_\", \".\" and \"-\", at most 128."};
  }
  const std::string& file = calls_.project().file;
  Variables variables{{"GIT_SHA", commit_of(version)}};
  for (const std::string& service : services) variables[variable(service, color)] = version;
  const auto images = calls_.images(variables);
  if (!images) return images.error();
  std::map<std::string, std::string> found;
  for (const std::string& service : services) {
    const std::string name = service_name(service, color);
    const auto image = images->find(name);
    if (image == images->end()) return unknown_service(name, file);
    found[service] = image->second;
    if (tag_of(image->second) == version) continue;
    const std::string chosen = variable(service, color);
    return Failure{
        ExitCode::usage,
        "The image of " + name + " in " + file + " is not chosen by the variable " + chosen + ".",
        "Write image: \"" + repository(image->second) + ":${" + chosen + "}\" there."};
  }
  return found;
}

// What is found in `started` already stays: it was noted before anything was changed.
Try<> ComposePlatform::note_before(const Wanted& wanted, Started& started) {
  const auto all = calls_.containers();
  if (!all) return all.error();
  const auto env = read_file(env_path());
  if (!env) return env.error();
  std::vector<std::string> services;
  for (const auto& [service, count] : wanted.counts) services.push_back(service);
  const auto images = images_of(services, wanted.color, wanted.artifact.version);
  if (!images) return images.error();
  for (const auto& [service, count] : wanted.counts) {
    const std::string& image = images->at(service);
    const auto known = started.services.find(service);
    Started::Service& one = started.services[service];
    if (known == started.services.end()) {
      const Running before = running(*all, service, wanted.color);
      const auto version = env_value(*env, variable(service, wanted.color));
      if (version && is_tag(*version)) one.definition_before = repository(image) + ':' + *version;
      one.desired_before = before.desired;
    }
    one.definition = image;
    one.deployment = wanted.op.empty() ? "up" : wanted.op;
    one.count = count;
  }
  return {};
}

Try<> ComposePlatform::write_versions(const Started& started, bool before) {
  const auto old = read_file(env_path());
  if (!old) return old.error();
  std::string words = *old;
  for (const auto& [service, done] : started.services) {
    const std::string name = variable(service, started.color);
    const std::string version = tag_of(before ? done.definition_before : done.definition);
    words = version.empty() ? without_env_value(words, name) : with_env_value(words, name, version);
    if (env_value(words, name).value_or("") != version) {
      return Failure{ExitCode::usage, env_path() + " has a quote that does not end.",
                     "Mend that, then run this again."};
    }
  }
  if (words == *old) return {};
  return write_file(env_path(), words);
}

// An empty definition: what the compose file says without the variable.
Try<> ComposePlatform::bring(const std::string& service, Color color, const Started::Service& to,
                             const std::string& git_sha) {
  const auto there = containers_of(service, color);
  if (!there) return there.error();
  const std::string name = service_name(service, color);
  const bool others = std::any_of(there->begin(), there->end(), [&to](const Container& one) {
    return one.image != to.definition;
  });
  if (others) {
    if (const auto gone = calls_.remove(name); !gone) return gone;
  }
  Variables variables{{"GIT_SHA", git_sha}};
  if (!to.definition.empty()) variables[variable(service, color)] = tag_of(to.definition);
  return calls_.up(name, to.count, variables, false);
}

}  // namespace sy::control::platform
