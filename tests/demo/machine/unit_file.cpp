#include "unit_file.hpp"

#include <fstream>
#include <functional>

namespace fs = std::filesystem;

namespace agentd::demo {

namespace {

using Setter = std::function<void(UnitFile&, const std::string&)>;

ExecCommand parse_command(const std::string& value) {
    ExecCommand command;
    std::size_t at = 0;
    bool own_name = false;
    for (; at < value.size(); ++at) {
        if (value[at] == '-')
            command.ignore_failure = true;
        else if (value[at] == '@')
            own_name = true;
        else if (value[at] == '+')
            command.as_root = true;
        else if (value[at] != '!' && value[at] != ':')
            break;
    }
    command.words = split_words(std::string_view(value).substr(at));
    if (command.words.empty())
        return command;
    command.program = command.words.front();
    if (own_name)
        command.words.erase(command.words.begin());
    return command;
}

Setter commands(std::vector<ExecCommand> UnitFile::*list) {
    return [list](UnitFile& unit, const std::string& value) {
        if (value.empty())
            (unit.*list).clear();
        else
            (unit.*list).push_back(parse_command(value));
    };
}

Setter names(std::set<std::string> UnitFile::*set) {
    return [set](UnitFile& unit, const std::string& value) {
        for (auto& word : split_words(value))
            (unit.*set).insert(std::move(word));
    };
}

Setter text(std::string UnitFile::*field) {
    return [field](UnitFile& unit, const std::string& value) { unit.*field = value; };
}

Setter span(std::chrono::milliseconds UnitFile::*field) {
    return [field](UnitFile& unit, const std::string& value) {
        unit.*field = parse_span(value).value_or(std::chrono::hours(24 * 365));
    };
}

Setter flag(bool UnitFile::*field) {
    return [field](UnitFile& unit, const std::string& value) { unit.*field = parse_bool(value); };
}

Setter directory(std::string base, std::string variable, bool is_volatile) {
    return [=](UnitFile& unit, const std::string& value) {
        for (const auto& word : split_words(value))
            unit.directories.push_back(
                {.path = base + "/" + word, .variable = variable, .volatile_ = is_volatile});
    };
}

Setter directory_mode(std::string variable) {
    return [=](UnitFile& unit, const std::string& value) {
        for (auto& wanted : unit.directories)
            if (wanted.variable == variable)
                wanted.mode =
                    static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 8)) & 07777U;
    };
}

void set_environment(UnitFile& unit, const std::string& value) {
    for (const auto& word : split_words(value))
        if (const auto equals = word.find('='); equals != std::string::npos)
            unit.environment[word.substr(0, equals)] = word.substr(equals + 1);
}

void set_restart(UnitFile& unit, const std::string& value) {
    unit.restart = value == "always"                               ? RestartRule::always
                   : value == "on-failure"                         ? RestartRule::on_failure
                   : value == "on-success"                         ? RestartRule::on_success
                   : value == "on-abnormal" || value == "on-abort" ? RestartRule::on_abnormal
                                                                   : RestartRule::no;
}

/// Everything else is accepted and has no effect, as README.md says.
const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> table{
        {"Description", text(&UnitFile::description)},
        {"Wants", names(&UnitFile::wants)},
        {"Requires", names(&UnitFile::requires_)},
        {"BindsTo", names(&UnitFile::requires_)},
        {"After", names(&UnitFile::after)},
        {"Before", names(&UnitFile::before)},
        {"Conflicts", names(&UnitFile::conflicts)},
        {"PartOf", names(&UnitFile::part_of)},
        {"DefaultDependencies", flag(&UnitFile::default_dependencies)},
        {"StartLimitIntervalSec", span(&UnitFile::start_limit_interval)},
        {"StartLimitBurst",
         [](UnitFile& unit, const std::string& value) {
             unit.start_limit_burst =
                 static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
         }},
        {"Type",
         [](UnitFile& unit, const std::string& value) {
             unit.type = value == "oneshot" ? ServiceType::oneshot
                         : value == "exec"  ? ServiceType::exec
                                            : ServiceType::simple;
         }},
        {"RemainAfterExit", flag(&UnitFile::remain_after_exit)},
        {"ExecStartPre", commands(&UnitFile::start_pre)},
        {"ExecStart", commands(&UnitFile::start)},
        {"ExecStartPost", commands(&UnitFile::start_post)},
        {"ExecReload", commands(&UnitFile::reload)},
        {"ExecStop", commands(&UnitFile::stop)},
        {"ExecStopPost", commands(&UnitFile::stop_post)},
        {"User", text(&UnitFile::user)},
        {"Group", text(&UnitFile::group)},
        {"DynamicUser", flag(&UnitFile::dynamic_user)},
        {"WorkingDirectory", text(&UnitFile::working_directory)},
        {"Environment", set_environment},
        {"EnvironmentFile",
         [](UnitFile& unit, const std::string& value) { unit.environment_files.push_back(value); }},
        {"RuntimeDirectory", directory("/run", "RUNTIME_DIRECTORY", true)},
        {"StateDirectory", directory("/var/lib", "STATE_DIRECTORY", false)},
        {"CacheDirectory", directory("/var/cache", "CACHE_DIRECTORY", false)},
        {"LogsDirectory", directory("/var/log", "LOGS_DIRECTORY", false)},
        {"RuntimeDirectoryMode", directory_mode("RUNTIME_DIRECTORY")},
        {"StateDirectoryMode", directory_mode("STATE_DIRECTORY")},
        {"CacheDirectoryMode", directory_mode("CACHE_DIRECTORY")},
        {"LogsDirectoryMode", directory_mode("LOGS_DIRECTORY")},
        {"KillMode", [](UnitFile& unit,
                        const std::string& value) { unit.kill_main_only = value == "process"; }},
        {"Restart", set_restart},
        {"RestartSec", span(&UnitFile::restart_delay)},
        {"SuccessExitStatus",
         [](UnitFile& unit, const std::string& value) {
             for (const auto& word : split_words(value))
                 unit.success_exit_status.insert(
                     static_cast<int>(std::strtol(word.c_str(), nullptr, 10)));
         }},
        {"TimeoutStartSec", span(&UnitFile::start_timeout)},
        {"TimeoutStopSec", span(&UnitFile::stop_timeout)},
        {"TimeoutSec",
         [](UnitFile& unit, const std::string& value) {
             unit.start_timeout = unit.stop_timeout =
                 parse_span(value).value_or(std::chrono::hours(24));
         }},
    };
    return table;
}

void read_into(UnitFile& unit, const fs::path& file) {
    std::ifstream in(file);
    std::string line, whole;
    while (std::getline(in, line)) {
        const auto part = trim(line);
        if (whole.empty() && (part.empty() || part[0] == '#' || part[0] == ';' || part[0] == '['))
            continue;
        whole += part;
        if (!whole.empty() && whole.back() == '\\') {
            whole.back() = ' ';
            continue;
        }
        if (const auto equals = whole.find('='); equals != std::string::npos) {
            const auto known =
                setters().find(std::string(trim(std::string_view(whole).substr(0, equals))));
            if (known != setters().end())
                known->second(
                    unit,
                    expand_specifiers(trim(std::string_view(whole).substr(equals + 1)), unit.name));
        }
        whole.clear();
    }
}

void read_links(std::set<std::string>& into, const fs::path& folder) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        into.insert(entry.path().filename().string());
}

} // namespace

bool is_unit_name(std::string_view name) {
    if (name.empty() || name.size() > 255 || name.front() == '.')
        return false;
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
            std::string_view(":-_.\\@").find(c) == std::string_view::npos)
            return false;
    for (const std::string_view suffix :
         {".service", ".target", ".timer", ".socket", ".path", ".slice"})
        if (name.ends_with(suffix))
            return true;
    return false;
}

UnitFile load_unit(const fs::path& folder, const std::string& name) {
    UnitFile unit{.name = name};
    fs::path file = folder / name;
    const auto at_sign = name.find('@');
    const std::string base = at_sign == std::string::npos
                                 ? name
                                 : name.substr(0, at_sign + 1) + name.substr(name.rfind('.'));
    std::error_code none;
    if (!fs::exists(file, none))
        file = folder / base;
    unit.found = fs::exists(file, none);
    if (unit.found) {
        unit.path = file;
        read_into(unit, file);
    }
    std::set<fs::path> drop_ins;
    for (const auto& entry : fs::directory_iterator(folder / (base + ".d"), none))
        if (entry.path().extension() == ".conf")
            drop_ins.insert(entry.path());
    for (const auto& drop_in : drop_ins)
        read_into(unit, drop_in);
    read_links(unit.wants, folder / (name + ".wants"));
    read_links(unit.requires_, folder / (name + ".requires"));

    // what systemd adds by itself: a target comes after what it pulls in, a service after
    // basic.target
    if (unit.is(".target")) {
        unit.after.insert(unit.wants.begin(), unit.wants.end());
        unit.after.insert(unit.requires_.begin(), unit.requires_.end());
    } else if (unit.is(".service") && unit.default_dependencies) {
        unit.after.insert("basic.target");
    }
    return unit;
}

} // namespace agentd::demo
