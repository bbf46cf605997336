/// @file
/// What a repository of NixOS configurations is made of: read, and as far as somebody asked Nix.
#pragma once

#include "agentd/core/json.hpp"
#include "agentd/core/result.hpp"
#include "proposals/map/files.hpp"
#include "proposals/map/host.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::proposals::map {

struct FlakeInput {
    std::string name{};
    std::string url{};
};

/// An option that the repository declares itself.
struct OwnOption {
    std::string path{}; ///< `my.services.web.enable`
    std::string file{};
    std::size_t line{};
};

/// Options under a name of the repository's own: `den.aspects.web.nixos`.
struct Aspect {
    std::string name{};
    std::string file{};
    std::vector<std::string> prefix{};
};

/// How its files are written, by counting.
struct Style {
    std::size_t files{};
    std::size_t tabs{};           ///< files indented by tabs
    std::size_t one_line_lists{}; ///< of two and more elements
    std::size_t many_line_lists{};
    std::size_t open_brackets{};         ///< `[ a ]`
    std::size_t tight_brackets{};        ///< `[a]`
    bool expands_lists() const noexcept; ///< two and more elements stand one a line
    bool tight() const noexcept { return tight_brackets > open_brackets; }
};

struct RepoMap {
    std::string flake{}; ///< the folder of flake.nix in the repository; "" is its root
    std::vector<Host> hosts{};
    bool hosts_known = true; ///< there are no others
    std::vector<FlakeInput> inputs{};
    std::vector<OwnOption> own_options{};
    std::vector<Aspect> aspects{};
    std::vector<std::string> unused{}; ///< modules that no host is made of
    std::string home_manager{};        ///< `nixos module`, `standalone`, both, or ""
    std::string secrets{};             ///< `sops-nix`, `agenix` or ""
    bool disko{};
    std::string formatter{}; ///< `alejandra`, `nixfmt`, …
    Style style{};
    std::size_t nix_files{};
    std::vector<std::string> discovered{}; ///< folders whose files are imported by being there
    std::vector<std::string> broken{};     ///< files that are no Nix
    std::vector<std::string> notes{};      ///< what could not be told, for people

    /// By its name, or by its networking.hostName where that is one host's alone.
    const Host* host(std::string_view name) const;
    /// Names of hosts that are made of the file, each once; for users' files too.
    std::vector<std::string> hosts_of(std::string_view file) const;
};

/// Problem `no_flake`: there is no flake.nix in that folder, or it is no Nix.
core::Result<RepoMap> make_map(Files& files, const std::string& flake = {});

/// `agentd.map/1`; of one host when it is named.
core::Json to_json(const RepoMap& map, std::string_view host = {});

} // namespace agentd::proposals::map
