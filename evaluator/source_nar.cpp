#include "evaluator/source_nar.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/core/text.hpp"
#include "evaluator/fetch_refusal.hpp"
#include "evaluator/source_giver.hpp"

#include <fmt/format.h>

namespace agentd::evaluator {
namespace {

/// What a cache says of a path. Content that names itself needs nobody's signature, and whoever
/// takes it looks whether it does.
std::string told_of(const core::StorePath& path, const SourceNar& nar) {
    const std::string hash = "sha256:" + nar.hash.hex();
    return fmt::format("StorePath: {}\nURL: source.nar\nCompression: none\nFileHash: {}\n"
                       "FileSize: {}\nNarHash: {}\nNarSize: {}\nReferences: \nCA: fixed:r:{}\n",
                       path.str(), hash, nar.bytes, hash, nar.bytes, hash);
}

} // namespace

core::Result<core::Done> add_source(const Nix& nix, const SourceNar& nar,
                                    const SourceWanted& wanted, const std::stop_token& stop) {
    const core::StorePath& path = wanted.source.path;
    const auto& raw = nar.hash.bytes();
    const std::string bytes(raw.begin(), raw.end());
    if (source_path("sha256-" + core::base64_encode(bytes)) != path) {
        return other_files(wanted);
    }
    const auto folder_of_store = path.str().rfind('/') + 1;
    const std::string hash_part = path.str().substr(folder_of_store, 32);
    core::write_file_durably(nar.folder + "/nix-cache-info", "StoreDir: /nix/store\n", 0600);
    core::write_file_durably(nar.folder + "/" + hash_part + ".narinfo", told_of(path, nar), 0600);
    auto command =
        nix.nix(NixPurpose::query, {"copy", "--from", "file://" + nar.folder, path.str()});
    command.deadline = nix.settings().fetch_deadline;
    const auto outcome = sandbox::run(command, stop);
    if (std::holds_alternative<sandbox::Cancelled>(outcome.ending)) {
        return core::Problem{.code = "cancelled", .message = "stopped on request"};
    }
    if (!outcome.succeeded()) {
        return with_words({.code = "input_not_fetched",
                           .message = "the input `" + wanted.name +
                                      "` came as its hash says, and Nix does not take it: it " +
                                      sandbox::describe(outcome.ending),
                           .where = path.str(),
                           .hint = "agentctl doctor looks at Nix and its daemon"},
                          {core::printable(core::shorten(core::trim(outcome.err.bytes), 500))});
    }
    return core::Done{};
}

} // namespace agentd::evaluator
