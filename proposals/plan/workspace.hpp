/// @file
/// A repository with the edits that a plan has come to so far, and what it says of an option.
#pragma once

#include "proposals/map/repo_map.hpp"
#include "proposals/nix/edit.hpp"
#include "proposals/plan/candidate.hpp"
#include "proposals/plan/request.hpp"
#include "proposals/plan/texts.hpp"
#include "proposals/tree.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace agentd::proposals::plan {

class Workspace {
  public:
    Workspace(map::Files& files, const map::RepoMap& map) : files_(files), map_(map) {}
    const map::RepoMap& map() const noexcept { return map_; }
    map::Files& files() noexcept { return files_; }
    nix::EditStyle style() const {
        return {.expand_lists = map_.style.expands_lists(), .tight = map_.style.tight()};
    }

    /// As it stands after the edits so far; nullptr when there is none, or it is no Nix.
    const nix::Tree* tree(const std::string& path);
    bool exists(const std::string& path) const;
    /// `text` has to be Nix.
    void put(const std::string& path, std::string text);
    /// Sorted by path; files that are as before are left out.
    std::vector<FileEdit> edits() const;

    /// Problems: `no_such_host`, `no_hosts`.
    core::Result<HostNames> targets(const Request& request, const Wish& wish) const;
    /// The files that the targets are made of; with `in` only those of that name. Problems:
    /// `no_such_module`, `several_modules`, `no_such_user`.
    core::Result<std::vector<Candidate>> candidates(const Wish& wish, const HostNames& targets);

    /// Modules stand in the file and it is none: its arguments are not theirs.
    bool is_holder(const std::string& file) const;
    /// The file lies in the folder of one of these hosts, or is called as it is.
    bool is_home_of(const Candidate& at, const HostNames& hosts) const;

    /// What the candidates say of an option, and what hides whether they do (`hidden`, sentences
    /// with a place).
    struct Said {
        std::vector<Definition> definitions{};
        std::vector<core::Problem> hidden{};
        std::vector<core::Problem> unlikely{};  ///< as `hidden`; nothing says that it is so
        std::vector<std::string> passed_over{}; ///< computed names that are taken for others
        /// Sets around the option with a priority of their own, that do not say it.
        std::vector<core::Problem> wholes{};
    };
    Said said(const std::vector<Candidate>& candidates, const OptionPath& option);

    enum class Could : std::uint8_t { not_be, hardly_be, be };
    /// Whether a name that is computed (`${x}`, `"web-${x}"`) could come to `wanted`: where `x` is
    /// bound to texts one of these says it; else a text of the repository would have to.
    Could could_be_called(std::string_view computed, const std::string& wanted);
    /// As a text, or as a name of something.
    bool is_said_anywhere(std::string_view word);
    /// What `${x}` comes to: the one text that anything called `x` is bound to.
    std::optional<std::string> text_of(std::string_view computed);
    /// The names of an option as the file writes them: `${x}` where that comes to one of them.
    std::vector<std::string> names_in(const Candidate& at, const OptionPath& option);
    /// Files in which a computed name was taken for one of an option's since this was asked last,
    /// and for which: a text that was laid out for it may be another's than Nix comes to.
    std::map<std::string, std::string> taken_names() { return std::exchange(taken_names_, {}); }

    /// The one `.nix` file that a name or the end of a path means; or `no_such_module`,
    /// `several_modules`.
    core::Result<std::string> module(const std::string& name) const;

  private:
    enum class Whose : std::uint8_t { wanted, homes, others };
    void add(std::map<std::string, Candidate>& out, const map::Host& host,
             const map::Modules& modules, Whose whose) const;
    void add_inside(std::map<std::string, Candidate>& out, const map::Host& host,
                    const std::vector<map::InlineModule>& modules, Whose whose);
    void look(const Candidate& at, const OptionPath& option, Said& out);
    const Texts& texts();
    /// By evaluations of the hosts; the definitions from `first` on are of this candidate.
    void settle(const Candidate& at, const OptionPath& option, Said& out, std::size_t first) const;

    map::Files& files_;
    const map::RepoMap& map_;
    std::map<std::string, nix::Tree> edited_{};
    std::optional<Texts> texts_{};
    std::map<std::string, std::string> taken_names_{};
};

/// The one host of whose name this is a part: `shoukei` of `shoukei-niri`; "" where none or several
/// are called so, or one whole.
std::string host_called_in_part(const map::RepoMap& map, std::string_view name);

} // namespace agentd::proposals::plan
