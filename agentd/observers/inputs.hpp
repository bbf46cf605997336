/// @file
/// How old the flake's inputs are, from flake.lock of the head.
#pragma once

#include "agentd/observers/observer.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace agentd::observers {

/// Direct inputs of the root node -> `lastModified` in seconds since 1970; those without one are
/// left out. Empty when the text is no lock file of version 5 to 7.
std::map<std::string, std::int64_t> input_times(std::string_view lock_file);

/// Kind `input_old`: information after 30 days, a warning after 90.
class Inputs final : public Observer {
  public:
    using LockFile = std::function<std::optional<std::string>(const std::string& commit)>;
    explicit Inputs(LockFile lock_file) : lock_file_(std::move(lock_file)) {}
    std::vector<std::string> kinds() const override { return {"input_old"}; }
    Schedule schedule() const override { return {.on = topics({Topic::head}), .passes = 60}; }
    Findings look(Sight& sight) override;

  private:
    LockFile lock_file_;
};

} // namespace agentd::observers
