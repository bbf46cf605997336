/// @file
/// The phrases that are understood, by family, and what each comes to.
#pragma once

#include "agentd/planners/goal/pattern.hpp"
#include "proposals/plan/request.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::planners::goal {

using proposals::Value;
using proposals::plan::Wish;
using proposals::plan::WishKind;

/// What a clause comes to.
struct Made {
    std::vector<Wish> wishes{};
    std::string service{}; ///< that "it" and "its port" mean in the next clause, by its option
    bool of_whom = false;  ///< done for whom the first clause is about
    /// What it may come to instead: nobody chooses but the person who is asked.
    std::vector<Made> or_else{};
};

/// What a clause is built in.
struct Situation {
    const Scene& scene;
    const Scope& scope;
    std::string service{};           ///< of the clause before
    const std::vector<Wish>& before; ///< what the clauses before came to
};
using Build = core::Result<Made> (*)(const State& match, const Situation& in);

/// Of whom a clause may speak.
enum class About {
    hosts,   ///< of hosts
    users,   ///< of hosts, or of a user's home
    nothing, ///< of the flake itself
};

struct Pattern {
    std::string_view words{};
    Build build{};
    std::string_view example{}; ///< a goal that it understands; "" where another speaks for it
    About about = About::hosts;
    bool follows = false; ///< "it" stands in the clause before, and so does where
};
using Patterns = std::span<const Pattern>;

Patterns backup_patterns();
Patterns database_patterns();
Patterns input_patterns();
Patterns machine_patterns();
Patterns maintenance_patterns();
Patterns module_patterns();
Patterns option_patterns();
Patterns package_patterns();
Patterns port_patterns();
/// Nothing comes of them but the reason.
Patterns refused_patterns();
Patterns service_patterns();
Patterns site_patterns();
Patterns ssh_patterns();
Patterns system_patterns();
Patterns user_patterns();

/// Of a path of our own, or one that a slot has read.
Wish set(std::string_view option, Value value);
Wish unset(std::string_view option);
Wish add(std::string_view option, Value value);
Wish remove(std::string_view option, Value value);
proposals::PackageAttr attribute(const std::string& name);
/// `users.users.<name>` with what is below it.
std::string below_user(const std::string& user, std::string_view option);
/// The newest of the spellings that the host's options have, or that the repository declares
/// itself; the first where they are not known.
std::string_view spelling(const Situation& in, std::initializer_list<std::string_view> options);
Made only(Wish wish);
/// Of several things, each of which may come to this or that, in every way. Problem `two_readings`
/// where these are too many to be told.
core::Result<Made> all_of(const std::vector<std::vector<Made>>& things);

/// Problem `no_such_user` where nobody is called so, and nobody was made in this goal.
std::optional<core::Problem> nobody(const Situation& in, const std::string& user);

/// For people, quoted and safe to print.
std::string quoted(std::string_view text);

} // namespace agentd::planners::goal
