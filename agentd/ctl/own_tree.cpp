#include "agentd/ctl/own_tree.hpp"

#include <filesystem>

namespace agentd::ctl {

OwnTree::OwnTree(std::unique_ptr<Scratch> scratch, std::string directory,
                 proposals::ForeignClone clone, core::Commit commit)
    : scratch_(std::move(scratch)), directory_(std::move(directory)), clone_(std::move(clone)),
      commit_(std::move(commit)),
      tree_(clone_.tree(commit_)), files_(clone_.list_files(commit_)) {}

core::Result<std::unique_ptr<OwnTree>> OwnTree::open(Context& context) {
    std::error_code error;
    const std::string given = context.absolute(context.asked().value("--repo").value_or("."));
    const auto directory = std::filesystem::canonical(given, error);
    if (error) {
        return core::Problem{.code = "no_repository",
                             .message = "there is no such folder: " + error.message(),
                             .where = given,
                             .hint = "give your clone of the flake: --repo DIR"};
    }
    auto scratch = std::make_unique<Scratch>();
    auto clone = proposals::ForeignClone::open(directory.string(), scratch->path() + "/clone");
    if (!clone) {
        return clone.problem();
    }
    auto head = clone->commit("HEAD");
    if (!head) {
        return head.problem();
    }
    return std::unique_ptr<OwnTree>(new OwnTree(std::move(scratch), directory.string(),
                                                std::move(clone).value(), std::move(head).value()));
}

} // namespace agentd::ctl
