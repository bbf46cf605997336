/// @file
/// A unit as its file describes it: the part of systemd.unit(5) and systemd.service(5) the demo
/// honours.
#pragma once

#include "unit_text.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace agentd::demo {

/// One line of ExecStart= and its sisters.
struct ExecCommand {
    std::vector<std::string> words{}; ///< with argv[0]; variables not yet expanded
    std::string program{};
    bool ignore_failure = false; ///< "-"
    bool as_root = false;        ///< "+"
};

enum class ServiceType { simple, exec, oneshot };
enum class RestartRule { no, on_success, on_failure, on_abnormal, always };

/// Directories a unit asks for below /run, /var/lib, /var/cache and /var/log.
struct UnitDirectory {
    std::string path{};
    std::string variable{}; ///< RUNTIME_DIRECTORY, ...
    unsigned mode = 0755;
    bool volatile_ = false; ///< removed when the unit stops
};

struct UnitFile {
    std::string name{};
    std::filesystem::path path{};
    bool found = false;
    std::string description{};
    std::set<std::string> wants{}, requires_{}, after{}, before{}, conflicts{}, part_of{};
    bool default_dependencies = true;

    ServiceType type = ServiceType::simple;
    bool remain_after_exit = false;
    std::vector<ExecCommand> start_pre{}, start{}, start_post{}, reload{}, stop{}, stop_post{};
    std::string user{}, group{}, working_directory{};
    bool dynamic_user = false;
    Environment environment{};
    std::vector<std::string> environment_files{};
    std::vector<UnitDirectory> directories{};
    bool kill_main_only = false; ///< KillMode=process
    RestartRule restart = RestartRule::no;
    std::set<int> success_exit_status{};
    std::chrono::milliseconds restart_delay{100};
    std::chrono::milliseconds start_limit_interval{10'000};
    unsigned start_limit_burst = 5;
    std::chrono::milliseconds start_timeout{90'000};
    std::chrono::milliseconds stop_timeout{10'000};

    bool is(std::string_view suffix) const { return name.ends_with(suffix); }
};

/// Reads NAME from the folder of units, with its drop-ins and its .wants and .requires folders.
/// A template serves every instance. `found` is false when there is no file.
UnitFile load_unit(const std::filesystem::path& folder, const std::string& name);

/// Only letters, digits and ":-_.\@", with a known suffix; never a path.
bool is_unit_name(std::string_view name);

} // namespace agentd::demo
