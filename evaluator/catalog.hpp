/// @file
/// What a flake's host can be asked for: its packages and its options, as names that exist.
#pragma once

#include "evaluator/evaluation.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agentd::evaluator {

/// An attribute of the host's `pkgs` that is a derivation, or (in a set of more than 4096) may be
/// one.
struct PackageName {
    std::string attribute{};
    std::string pname{};   ///< "" in a set too large to look at each
    std::string version{}; ///< likewise
    friend bool operator==(const PackageName&, const PackageName&) = default;
};

/// One declared option of the host.
struct OptionName {
    std::string path{}; ///< `services.nginx.enable`; `<name>` and `*` stand for what a user names
    std::string type{}; ///< the module system's short name: `bool`, `str`, `listOf`, …
    std::string type_description{}; ///< "list of 16 bit unsigned integer; …"
    std::string description{};      ///< one paragraph at most 512 bytes; untrusted text
    friend bool operator==(const OptionName&, const OptionName&) = default;
};

/// Both, sorted, for one (commit, host).
struct Catalog {
    std::string commit{};
    std::string host{};
    std::vector<PackageName> packages{}; ///< by attribute, at most 262144
    std::vector<OptionName> options{};   ///< by path, at most 65536; internal ones are left out

    const PackageName* package(std::string_view attribute) const;
    const OptionName* option(std::string_view path) const;
    /// `services.<name>.enable` exists.
    bool has_service(std::string_view name) const;
    /// The `<name>`s of every `services.<name>.enable`.
    std::vector<std::string> services() const;

    /// Names near `wanted`, best first: spelled alike, or holding it, or with that pname.
    std::vector<std::string> nearest_packages(std::string_view wanted, std::size_t limit = 3) const;
    std::vector<std::string> nearest_services(std::string_view wanted, std::size_t limit = 3) const;
    std::vector<std::string> nearest_options(std::string_view wanted, std::size_t limit = 3) const;
};

/// One Nix process. The problem is one of evaluate()'s; `cancelled` when stopped.
core::Result<Catalog> read_catalog(const Nix& nix, const FlakeSource& source,
                                   const core::HostName& host, std::stop_token stop = {});

/// Catalogs kept by (commit, host): the last few in memory, all of them in a directory.
/// May be used by several threads.
class CatalogShelf {
  public:
    /// @param directory absolute; made when missing. A file that cannot be read as a catalog is
    /// made anew.
    CatalogShelf(const Nix& nix, std::string directory);

    using Shared = std::shared_ptr<const Catalog>; // handed to readers that outlive a replacement
    core::Result<Shared> get(const FlakeSource& source, const core::HostName& host,
                             std::stop_token stop = {});

  private:
    Shared recall(const std::string& key);
    void remember(const std::string& key, Shared catalog);

    const Nix& nix_;
    std::string directory_;
    std::mutex mutex_;
    std::vector<std::pair<std::string, Shared>> recent_;
};

} // namespace agentd::evaluator
