// `linden completion`: completion scripts, made from the commands' own options.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "jit/compiler.h"
#include "runtime/cli/command.h"
#include "runtime/cli/toolchain.h"

namespace linden::cli {
namespace {

struct OptionNames {
  std::vector<std::string> names;  // with dashes
  std::string description;
  bool takes_value;
};

struct CommandNames {
  std::string name;
  std::string summary;
  std::vector<OptionNames> options;
};

std::vector<CommandNames> collect() {
  std::vector<CommandNames> result;
  for (const CommandEntry& entry : commands()) {
    if (entry.create == nullptr) {
      result.push_back({entry.name, entry.summary, {}});
      continue;
    }
    CLI::App app;
    std::unique_ptr<Command> command = entry.create();
    command->declare(app);
    CommandNames names{entry.name, entry.summary, {}};
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) continue;
      OptionNames item{{}, option->get_description(), option->get_items_expected_max() > 0};
      for (const std::string& name : option->get_snames()) item.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) item.names.push_back("--" + name);
      names.options.push_back(std::move(item));
    }
    result.push_back(std::move(names));
  }
  // Their options are those of other programs; their files can be completed.
  for (const Tool& tool : tools()) result.push_back({tool.name, tool.summary, {}});
  return result;
}

// Inside single quotes, for every shell.
std::string quote(const std::string& text) {
  std::string result = "'";
  for (char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string words_of(const std::string& command) {
  if (command == "cache") return "list clear path";
  if (command == "completion") return "bash zsh fish";
  return "";
}

// What an option takes, if that is one of some words.
std::string values_of(const OptionNames& option) {
  for (const std::string& name : option.names) {
    if (name == "--sfi") return absl::StrReplaceAll(jit::sfi_names(), {{",", ""}});
  }
  return "";
}

void print_bash(const std::vector<CommandNames>& all) {
  std::string names;
  for (const CommandNames& command : all) names += (names.empty() ? "" : " ") + command.name;
  std::printf(
      "_linden() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} words=\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '%s --help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[1]} in\n",
      names.c_str());
  for (const CommandNames& command : all) {
    std::string options;
    for (const OptionNames& option : command.options) {
      for (const std::string& name : option.names) options += name + " ";
    }
    std::string words = words_of(command.name);
    std::printf("    %s)\n", command.name.c_str());
    std::printf("      if [[ $current == -* ]]; then words='%s'", options.c_str());
    for (const OptionNames& option : command.options) {
      const std::string values = values_of(option);
      if (values.empty()) continue;
      std::printf("; elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == %s ]]; then words='%s'",
                  option.names[0].c_str(), values.c_str());
    }
    if (!words.empty()) std::printf("; else words='%s'", words.c_str());
    std::printf("; fi ;;\n");
  }
  std::printf(
      "  esac\n"
      "  if [[ -n $words ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _linden linden\n");
}

// Colons and brackets have a meaning in _arguments.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == ':' || c == '[' || c == ']') result += '\\';
    result += c;
  }
  return result;
}

void print_zsh(const std::vector<CommandNames>& all) {
  std::printf("#compdef linden\n_linden() {\n  local -a commands\n  commands=(\n");
  for (const CommandNames& command : all) {
    std::printf("    %s\n", quote(command.name + ":" + zsh_text(command.summary)).c_str());
  }
  std::printf(
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $command in\n");
  for (const CommandNames& command : all) {
    std::printf("    %s)\n      _arguments", command.name.c_str());
    for (const OptionNames& option : command.options) {
      for (const std::string& name : option.names) {
        std::string spec = name + "[" + zsh_text(option.description) + "]";
        const std::string values = values_of(option);
        if (!values.empty()) {
          spec += ":value:(" + values + ")";
        } else if (option.takes_value) {
          spec += ":value:_files";
        }
        std::printf(" \\\n        %s", quote(spec).c_str());
      }
    }
    std::string words = words_of(command.name);
    std::string rest = words.empty() ? "*:file:_files" : "1:word:(" + words + ")";
    std::printf(" \\\n        %s ;;\n", quote(rest).c_str());
  }
  std::printf("  esac\n}\ncompdef _linden linden\n");
}

void print_fish(const std::vector<CommandNames>& all) {
  for (const CommandNames& command : all) {
    std::printf("complete -c linden -n __fish_use_subcommand -f -a %s -d %s\n",
                command.name.c_str(), quote(command.summary).c_str());
  }
  for (const CommandNames& command : all) {
    std::string condition = quote("__fish_seen_subcommand_from " + command.name);
    for (const OptionNames& option : command.options) {
      std::printf("complete -c linden -n %s", condition.c_str());
      for (const std::string& name : option.names) {
        bool is_long = name.starts_with("--");
        std::printf(is_long ? " -l %s" : " -s %s", name.c_str() + (is_long ? 2 : 1));
      }
      const std::string values = values_of(option);
      if (!values.empty()) {
        std::printf(" -x -a %s", quote(values).c_str());
      } else if (option.takes_value) {
        std::printf(" -r");
      }
      std::printf(" -d %s\n", quote(option.description).c_str());
    }
    std::string words = words_of(command.name);
    if (!words.empty()) {
      std::printf("complete -c linden -n %s -f -a %s\n", condition.c_str(), quote(words).c_str());
    }
  }
}

class Completion : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    app.footer(
        "Examples:\n"
        "  source <(linden completion bash)      # in ~/.bashrc; for zsh likewise\n"
        "  linden completion fish > ~/.config/fish/completions/linden.fish");
  }

  int run() override {
    std::vector<CommandNames> all = collect();
    if (shell_ == "bash") print_bash(all);
    if (shell_ == "zsh") print_zsh(all);
    if (shell_ == "fish") print_fish(all);
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> create_completion() { return std::make_unique<Completion>(); }

}  // namespace linden::cli
