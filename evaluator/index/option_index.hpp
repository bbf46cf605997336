/// @file
/// What a host of a flake can be asked for, answered from a file.
#pragma once

#include "agentd/core/result.hpp"
#include "evaluator/index/option_type.hpp"
#include "proposals/map/evaluated.hpp"
#include "proposals/operations.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// One declared option. All of it is text of the flake.
struct IndexedOption {
    std::string
        path{}; ///< `users.users.<name>.shell`; `<name>` and `*` stand for what a user names
    OptionType type{};
    std::string description{};  ///< at most 2 KiB, markup of manuals taken out
    std::string default_text{}; ///< as Nix, "" where there is none or it cannot be told
    std::string example{};
    std::vector<std::string> declared{}; ///< files; of the flake itself `./modules/web.nix`
    std::string new_name{};              ///< of a renamed option
    bool hidden = false;                 ///< internal, renamed or removed
    bool own = false;                    ///< declared by the flake itself
    bool read_only = false;
    friend bool operator==(const IndexedOption&, const IndexedOption&) = default;
};

struct IndexedPackage {
    std::string attribute{};
    std::string pname{};   ///< "" in a set too large to look at each
    std::string version{}; ///< likewise
    friend bool operator==(const IndexedPackage&, const IndexedPackage&) = default;
};

/// What stands at a path.
enum class Standing {
    declared,  ///< an option
    within,    ///< inside the value of an option, where its type says what fits
    unchecked, ///< inside an option that takes any name: nobody can tell
    renamed,   ///< an option of old; `option.new_name` where it is known
    a_set,     ///< no option; options begin with it
    unknown,   ///< nothing
};

struct LookUp {
    Standing standing = Standing::unknown;
    std::optional<IndexedOption> option{}; ///< the one that stands there, or around it
    OptionType type{};                     ///< of the place itself
    std::vector<std::string> below{};      ///< of show(): options that begin with it, at most 64
    std::vector<std::string> nearest{};    ///< of `unknown`: what may have been meant
};

/// One file, opened to be read. Used by one thread at a time.
class OptionIndex {
  public:
    /// nullptr when the file is not there, or is no index of this program's.
    static std::unique_ptr<OptionIndex> open(const std::string& file);
    ~OptionIndex();
    OptionIndex(const OptionIndex&) = delete;
    OptionIndex& operator=(const OptionIndex&) = delete;

    /// By the path it is declared with; hidden ones too.
    std::optional<IndexedOption> option(std::string_view path) const;
    /// What stands at a path as one would write it: `users.users.alice.shell`.
    LookUp look_up(const proposals::OptionPath& path) const;
    /// The same for a person, who may write `<name>` too. Problem `bad_path`.
    core::Result<LookUp> show(std::string_view path) const;
    /// Options whose name or description hold the words, best first. Hidden ones are left out.
    std::vector<IndexedOption> search(std::string_view words, std::size_t limit = 20) const;

    std::optional<IndexedPackage> package(std::string_view attribute) const;
    std::vector<IndexedPackage> search_packages(std::string_view words,
                                                std::size_t limit = 20) const;

    /// `services.<name>.enable` is an option.
    bool has_service(std::string_view name) const;
    /// Names near `wanted`, best first: spelled alike, or holding it, or of that pname.
    std::vector<std::string> nearest_options(std::string_view wanted, std::size_t limit = 3) const;
    std::vector<std::string> nearest_packages(std::string_view wanted, std::size_t limit = 3) const;
    std::vector<std::string> nearest_services(std::string_view wanted, std::size_t limit = 3) const;

    std::size_t options() const;
    std::size_t packages() const;
    /// That it was opened from: a worker may open it too.
    const std::string& file() const noexcept;
    /// Which files of the flake the host, by this name, is made of; nullopt where its evaluation
    /// could not tell.
    std::optional<proposals::map::EvaluatedHost> places(std::string host) const;

  private:
    struct State;
    explicit OptionIndex(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace agentd::evaluator
