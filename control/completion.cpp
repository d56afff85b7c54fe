#include "control/completion.h"

#include <set>
#include <vector>

#include "control/args_table.h"

namespace sy::control {
namespace {

// The words of a kind, for a shell: literal ones, or a call of switchctl in `$(…)` or `(…)`.
constexpr std::string_view ask_environments = "switchctl completion environments 2>/dev/null";
constexpr std::string_view ask_services = "switchctl completion services 2>/dev/null";

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : " ") + std::string{word};
  return text;
}

// What a word of this kind may be, for bash and zsh inside double quotes; empty: nothing is known.
std::string words_of(Kind kind) {
  if (kind == Kind::environment) return "$(" + std::string{ask_environments} + ")";
  if (kind == Kind::service) return "$(" + std::string{ask_services} + ")";
  return joined(choices(kind));
}

std::string flags_of(const VerbEntry* verb) {
  std::string text;
  for (const Flag& flag : common_flags()) text += std::string{flag.name} + ' ';
  if (verb != nullptr)
    for (const Flag& flag : verb->flags) text += std::string{flag.name} + ' ';
  text.pop_back();
  return text;
}

std::string verb_names() {
  std::string text;
  for (const auto& entry : verb_table())
    text += (text.empty() ? "" : " ") + std::string{entry.name};
  return text;
}

// Every flag that takes a value, once: parsers skip the value when they count words.
std::vector<const Flag*> valued_flags() {
  std::vector<const Flag*> all;
  std::set<std::string_view> seen;
  const auto take = [&](std::span<const Flag> flags) {
    for (const Flag& flag : flags)
      if (!flag.value.empty() && seen.insert(flag.name).second) all.push_back(&flag);
  };
  take(common_flags());
  for (const auto& entry : verb_table()) take(entry.flags);
  return all;
}

std::string valued_pattern() {
  std::string text;
  for (const Flag* flag : valued_flags())
    text += (text.empty() ? "" : "|") + std::string{flag->name};
  return text;
}

// "deploy:1)": a case of the shell for each place of each verb that has something to offer. A word
// that repeats is offered at every later place, too.
std::string place_cases(std::string_view indent) {
  std::string text;
  for (const auto& entry : verb_table()) {
    std::size_t place = 0;
    for (const Word& word : entry.words) {
      ++place;
      const std::string words = words_of(word.kind);
      if (words.empty()) continue;
      text += std::string{indent} + std::string{entry.name} + ':' +
              (word.repeated ? "*" : std::to_string(place)) + ") words=\"" + words + "\" ;;\n";
    }
  }
  return text;
}

std::string value_cases(std::string_view indent) {
  std::string text;
  std::set<std::string_view> seen;
  const auto add = [&](std::string_view verb, std::span<const Flag> flags) {
    for (const Flag& flag : flags) {
      const std::string words = words_of(flag.kind);
      if (words.empty() || flag.value.empty()) continue;
      text += std::string{indent} + std::string{verb} + ':' + std::string{flag.name} +
              ") words=\"" + words + "\" ;;\n";
    }
  };
  for (const auto& entry : verb_table()) add(entry.name, entry.flags);
  return text;
}

std::string flag_cases(std::string_view indent) {
  std::string text;
  for (const auto& entry : verb_table())
    if (!entry.flags.empty())
      text += std::string{indent} + std::string{entry.name} + ") words=\"" + flags_of(&entry) +
              "\" ;;\n";
  return text + std::string{indent} + "*) words=\"" + flags_of(nullptr) + "\" ;;\n";
}

// `words` becomes what may stand at the cursor; `files` is set where that is a file. Understood by
// bash and by zsh in its emulation of sh; $1 is the word at the cursor, the rest those before it.
std::string choosing() {
  return R"sh(_switchctl_words() {
  local current=$1 verb= place=0 skip= previous= word
  shift
  words= files=
  for word in "$@"; do
    previous=$word
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      )sh" +
         valued_pattern() +
         R"sh() skip=1 ;;
      -*) ;;
      *) if [ -z "$verb" ]; then verb=$word; else place=$((place + 1)); fi ;;
    esac
  done
  if [ -n "$skip" ]; then
    case $verb:$previous in
)sh" + value_cases("      ") +
         R"sh(      *:--config|*:--ca|*:--plan) files=1 ;;
    esac
    return
  fi
  case $current in
    -*)
      case $verb in
)sh" + flag_cases("        ") +
         R"sh(      esac
      return ;;
  esac
  case $verb:$((place + 1)) in
    :*) words=")sh" +
         verb_names() + R"sh(" ;;
)sh" + place_cases("    ") +
         R"sh(  esac
}
)sh";
}

std::string bash_script() {
  return "# bash completion of switchctl: eval \"$(switchctl completion bash)\"\n" + choosing() +
         R"sh(_switchctl() {
  local current=${COMP_WORDS[COMP_CWORD]} words files
  _switchctl_words "$current" "${COMP_WORDS[@]:1:COMP_CWORD-1}"
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _switchctl switchctl
)sh";
}

std::string zsh_script() {
  return "#compdef switchctl\n# zsh completion of switchctl: eval \"$(switchctl completion zsh)\", "
         "after compinit\n" +
         choosing() + R"sh(_switchctl() {
  local words_before files chosen
  words_before=("${(@)words[2,CURRENT-1]}")
  chosen=$(emulate -L sh; _switchctl_words "$PREFIX" "${words_before[@]}"
           printf '%s' "${files:+files }$words")
  if [[ $chosen == 'files '* ]]; then
    _files
  else
    compadd -- ${=chosen}
  fi
}
compdef _switchctl switchctl
)sh";
}

// A text between single quotes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "\\'" : std::string{c};
  return out + "'";
}

std::string fish_words(Kind kind) {
  if (kind == Kind::environment) return "(" + std::string{ask_environments} + ")";
  if (kind == Kind::service) return "(" + std::string{ask_services} + ")";
  return joined(choices(kind));
}

std::string fish_flag(const std::string& condition, const Flag& flag) {
  std::string line =
      "complete -c switchctl" + condition + " -l " + std::string{flag.name.substr(2)};
  if (!flag.value.empty()) line += flag.kind == Kind::file ? " -r -F" : " -x";
  const std::string words = fish_words(flag.kind);
  if (!flag.value.empty() && !words.empty()) line += " -a " + quoted(words);
  return line + " -d " + quoted(flag.summary) + '\n';
}

std::string fish_script() {
  std::string text =
      "# fish completion of switchctl: switchctl completion fish | source\n"
      "function __switchctl_at\n"
      "  set -l verb\n"
      "  set -l place 0\n"
      "  set -l skip\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    if test -n \"$skip\"\n      set skip\n      continue\n    end\n"
      "    switch $word\n";
  for (const Flag* flag : valued_flags())
    text += "      case " + std::string{flag->name} + "\n        set skip 1\n";
  text +=
      "      case '-*'\n"
      "      case '*'\n"
      "        if test -z \"$verb\"\n          set verb $word\n"
      "        else\n          set place (math $place + 1)\n        end\n"
      "    end\n  end\n"
      "  test \"$verb\" = \"$argv[1]\"; and begin\n"
      "    test \"$argv[2]\" = '*'; or test (math $place + 1) = \"$argv[2]\"\n  end\nend\n"
      "complete -c switchctl -f\n";
  for (const auto& entry : verb_table()) {
    text += "complete -c switchctl -n '__switchctl_at \"\" 1' -a " + std::string{entry.name} +
            " -d " + quoted(entry.summary) + '\n';
    std::size_t place = 0;
    for (const Word& word : entry.words) {
      const std::string at = word.repeated ? "'*'" : std::to_string(++place);
      const std::string words = fish_words(word.kind);
      if (words.empty()) continue;
      text += "complete -c switchctl -n \"__switchctl_at " + std::string{entry.name} + ' ' + at +
              "\" -a " + quoted(words) + '\n';
    }
    for (const Flag& flag : entry.flags)
      text += fish_flag(" -n \"__switchctl_at " + std::string{entry.name} + " '*'\"", flag);
  }
  for (const Flag& flag : common_flags()) text += fish_flag("", flag);
  return text;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "zsh") return zsh_script();
  return shell == "fish" ? fish_script() : bash_script();
}

std::string completion_names(std::string_view what, const config::LoadedControl& configured) {
  std::set<std::string> names;
  for (const auto& [name, environment] : configured.config.environments) {
    if (what == "environments") names.insert(name);
    if (what != "services") continue;
    for (const auto& [service, options] : environment.services) names.insert(service);
  }
  std::string text;
  for (const auto& name : names) text += name + '\n';
  return text;
}

std::string complete(const Args& args, const config::Environment& environment) {
  const std::string& what = args.words.front();
  if (what != "environments" && what != "services") return completion_script(what);
  return completion_names(what, config::load_control_config(args.config, environment));
}

}  // namespace sy::control
