/// @file
/// What a host of any flake can be asked for, without the daemon.
#pragma once

#include "agentd/ctl/context.hpp"
#include "evaluator/index/option_index.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace agentd::ctl {

/// The index of a host as HEAD of the clone in `--repo` has it: evaluated, where the caller's cache
/// does not have it. Nothing is written into the clone. Problems: of ForeignClone, of
/// make_index, `unknown_host`.
core::Result<std::unique_ptr<evaluator::OptionIndex>>
own_index(Context& context, const Config* config, std::string_view host);

} // namespace agentd::ctl
