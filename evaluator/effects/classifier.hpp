/// @file
/// What every classifier of effects is: it explains a part of the difference and claims what it
/// explained.
#pragma once

#include "evaluator/effects/side.hpp"

#include "proposals/effects.hpp"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator::effects {

using proposals::Effect;
using proposals::Risk;

/// Paths of the tree (on either side) that a classifier has explained in full. A path that differs
/// and is claimed by nobody becomes `unclassified_*`. A claim on a path that does not differ means
/// nothing.
class Claims {
  public:
    void claim(std::string path) { paths_.insert(std::move(path)); }
    bool has(const std::string& path) const { return paths_.contains(path); }

    /// The commands of this unit changed only in ways another classifier has told in full.
    void explain_commands(std::string unit) { commands_.insert(std::move(unit)); }
    bool explains_commands(const std::string& unit) const { return commands_.contains(unit); }

  private:
    std::set<std::string> paths_;
    std::set<std::string> commands_;
};

/// With nothing before and after: what has them sets them.
Effect effect_of(std::string_view area, std::string kind, std::string subject, Risk risk,
                 std::string sentence);

/// Collects effects. Text from the trees is made printable and cut here, in one place.
class Sink {
  public:
    static constexpr std::size_t longest_text = 2'000;

    void add(Effect effect);
    void needs_reboot() noexcept { reboot_needed_ = true; }

    bool reboot_needed() const noexcept { return reboot_needed_; }
    /// Sorted by (area, kind, subject), exact repeats once.
    std::vector<Effect> take();

  private:
    std::vector<Effect> effects_;
    bool reboot_needed_ = false;
};

/// A pure function of the two sides; the order in the registry decides only who may lean on whose
/// claims.
struct Classifier {
    std::string_view name;
    void (*classify)(const Side& before, const Side& after, Claims& claims, Sink& sink);
};

/// Every classifier, in the order in which they run; what is left over comes last.
std::span<const Classifier> classifiers() noexcept;

void classify_network(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_accounts(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_privileges(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_wrappers(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_secrets(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_certificates(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_mounts(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_environment(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_known_files(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_ssh(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_lockout(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_nix_conf(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_boot(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_kernel_settings(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_scripts(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_units(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_packages(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_user_profiles(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_system(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_tmpfiles(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_etc(const Side& before, const Side& after, Claims& claims, Sink& sink);
void classify_leftovers(const Side& before, const Side& after, Claims& claims, Sink& sink);

} // namespace agentd::evaluator::effects
