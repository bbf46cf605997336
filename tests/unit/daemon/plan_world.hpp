/// @file
/// A repository of two hosts, the daemon's own copy of it, and the real worker.
#pragma once

#include "agentd/core/fd.hpp"
#include "agentd/stages/patch.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace agentd::tests {

using Texts = std::map<std::string, std::string>;

inline const Texts two_hosts{
    {"flake.nix", R"({ inputs = { }; outputs = { nixpkgs, ... }: {
  nixosConfigurations = {
    web = nixpkgs.lib.nixosSystem { modules = [ ./web.nix ./common.nix ]; };
    db = nixpkgs.lib.nixosSystem { modules = [ ./common.nix ]; };
  };
}; }
)"},
    {"common.nix", "{ pkgs, ... }:\n{\n  time.timeZone = \"UTC\";\n}\n"},
    {"web.nix", "{ pkgs, ... }:\n{\n  # mine\n  environment.systemPackages = [ pkgs.fd ];\n}\n"}};

/// A repository with one commit, and the daemon's own.
struct World {
    explicit World(const Texts& files) {
        for (const auto& [path, text] : files) {
            std::filesystem::create_directories(
                std::filesystem::path(dir / ("up/" + path)).parent_path());
            core::write_file_durably(dir / ("up/" + path), text, 0644);
        }
        const std::string script =
            "cd " + dir.path() +
            "/up && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 && git init "
            "-q -b main && git add -A && git -c user.name=o -c user.email=o@x commit -q -m first";
        REQUIRE(std::system(script.c_str()) == 0);
        head = own.fetch_from(dir / "up/.git", "main").value();
    }

    core::Result<proposals::Draft> patched(const std::string& operations) {
        return stages::patch({.title = "t",
                              .source = proposals::Source::operations,
                              .proposer = {.id = "alice", .kind = "human"},
                              .change = request(operations)},
                             place(), id, noon);
    }
    std::string code(const std::string& operations) {
        const auto draft = patched(operations);
        return draft ? "ok" : draft.problem().code;
    }
    std::string text(const proposals::Draft& draft, const std::string& path) {
        return own.tree(core::Commit::parse(draft.change()->candidate_commit).value())
            ->read(path)
            .value_or("");
    }
    static proposals::plan::Request request(const std::string& fields) {
        const auto json = core::parse_json(R"({"schema":"agentd.ops/2",)" + fields + "}");
        REQUIRE(json);
        return proposals::plan::request_from_json(*json).value();
    }
    stages::PatchPlace place() {
        return {.repository = own,
                .blobs = blobs,
                .host = core::HostName::parse("web").value(),
                .branch = "main",
                .head = *head,
                .worker = worker,
                .index = index};
    }

    static constexpr core::Instant noon{std::chrono::seconds(1'767'000'000)};
    test::TempDir dir;
    proposals::Repository own = proposals::Repository::open_or_init_bare(dir / "own");
    store::Blobs blobs{dir / "blobs"};
    analysis::Worker worker{.program = AGENTD_ANALYZE, .scratch = dir / "scratch"};
    core::ProposalId id = core::ProposalId::parse("00000000000000000000000001").value();
    std::optional<core::Commit> head{};
    std::string index{}; ///< the file of the host's index
};

} // namespace agentd::tests
