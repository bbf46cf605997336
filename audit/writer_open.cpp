#include "audit/writer_state.hpp"

#include "agentd/core/failure.hpp"
#include "audit/key.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <unistd.h>

namespace agentd::audit {

using core::Failure;
using core::FailureKind;

namespace {

core::Fd lock_directory(const Layout& layout) {
    core::make_directories(layout.log_directory(), 0750);
    auto lock = core::try_lock_file(layout.lock_path());
    if (!lock) {
        throw Failure(FailureKind::busy, "another writer has this log open", layout.directory);
    }
    return std::move(*lock);
}

core::Ed25519Key key_for(const WriterOptions& options) {
    const std::string path =
        options.key_path.empty() ? options.layout.key_path() : options.key_path;
    // A new key for an old log would disown what is in it: only a directory without a log makes
    // one.
    std::error_code error;
    const auto begun = std::filesystem::file_size(options.layout.segment_path(0), error);
    const bool fresh =
        (error || begun == 0) && ::access(options.layout.checkpoint_path().c_str(), F_OK) != 0;
    return fresh && ::access(path.c_str(), F_OK) != 0 ? make_key(path) : load_key(path);
}

VerifierKey verifier_for(const WriterOptions& options, const core::Ed25519Key& key) {
    const auto vkey = VerifierKey::make(options.origin, key.public_key());
    if (!vkey) {
        throw Failure(FailureKind::misconfigured,
                      "a log's origin has 1 to 200 characters of [A-Za-z0-9._/-]", options.origin);
    }
    const auto old = vkey_of_log(options.layout);
    if (old && *old != vkey->str()) {
        throw Failure(FailureKind::misconfigured,
                      "this log was begun with the key " + *old + ", not " + vkey->str(),
                      options.layout.directory);
    }
    return *vkey;
}

} // namespace

Writer::State::State(WriterOptions wanted, const core::Clock& a_clock)
    : options(std::move(wanted)), clock(a_clock), lock(lock_directory(options.layout)),
      key(key_for(options)), vkey(verifier_for(options, key)), tiles(options.layout),
      file(options.layout), ballast(options.layout.ballast_path()), boot_id(core::boot_id()) {
    open();
}

void Writer::State::refuse_loss(const Recovered& found) const {
    const auto size = found.walked.tree.size();
    if (found.lost() && !options.accept_loss) {
        throw Failure(
            FailureKind::corrupt,
            "entries that were sealed are altered or gone: " + std::to_string(found.known_size) +
                " were signed, " + std::to_string(size) +
                " still verify. Nothing is written. `agentctl audit verify` names the first bad "
                "one; put the directory back from a backup, or start once with --accept-loss",
            options.layout.directory);
    }
}

void Writer::State::set_old_checkpoint_aside() const {
    core::make_directories(options.layout.quarantine_directory(), 0750);
    const std::string to =
        options.layout.quarantine_directory() + "/" + core::make_ulid(clock.now()) + ".checkpoint";
    ::rename(options.layout.checkpoint_path().c_str(), to.c_str());
}

void Writer::State::open() {
    auto found = recover(options.layout, vkey, tiles);
    refuse_loss(found);
    const auto discarded = discard_tail(options.layout, found.walked.end, clock.now());
    tree = found.walked.tree;
    ids = std::move(found.ids);
    head = {.origin = vkey.name(), .size = tree.size(), .root = tree.root()};
    file.resume(found.walked.end.segment, found.walked.end.offset);
    record_opening(found, discarded);
    full = !ballast.ensure();
}

void Writer::State::record_opening(const Recovered& found,
                                   const std::optional<Discarded>& discarded) {
    std::vector<Draft> drafts;
    if (tree.size() == 0) {
        drafts.push_back(own("log.opened", {{"origin", vkey.name()}, {"vkey", vkey.str()}}));
    }
    if (discarded) {
        drafts.push_back(own("audit.tail_discarded",
                             {{"bytes", discarded->bytes}, {"sha256", discarded->sha256.hex()}}));
    }
    if (found.lost()) {
        set_old_checkpoint_aside();
        drafts.push_back(own("audit.loss_accepted", {{"signed_size", found.known_size},
                                                     {"kept_size", found.walked.tree.size()}}));
    }
    if (drafts.empty()) {
        publish();
        return;
    }
    if (const auto done = append(drafts); !done) {
        throw Failure(FailureKind::unavailable, done.problem().message, options.layout.directory);
    }
}

} // namespace agentd::audit
