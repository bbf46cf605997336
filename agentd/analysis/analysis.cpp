#include "agentd/analysis/analysis.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::analysis {

namespace {

using core::Problem;

/// A manifest on disk for as long as the worker needs it; readable by any uid, for it runs as
/// nobody.
class ManifestFile {
  public:
    ManifestFile(const Worker& worker, std::string_view name, const evaluator::Closure& closure)
        : path_(worker.scratch + "/" + std::string(name) + "." + std::to_string(::getpid())) {
        core::make_directories(worker.scratch, 0711);
        const core::Fd fd = core::open_file(path_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
        ::fchmod(fd.get(), 0644);
        core::write_all(fd.get(), evaluator::manifest_of(closure).text, path_);
    }
    ~ManifestFile() { ::unlink(path_.c_str()); }
    ManifestFile(const ManifestFile&) = delete;
    ManifestFile& operator=(const ManifestFile&) = delete;
    const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

core::Result<std::string> ask(const Worker& worker, const evaluator::Closure& before,
                              const evaluator::Closure& after, const char* what,
                              const std::stop_token& stop) {
    const ManifestFile from(worker, "from", before);
    const ManifestFile to(worker, "to", after);
    return ask(
        worker,
        {.task = Task::systems,
         .arguments = {"--from", before.root.str(), "--to", after.root.str(), "--from-manifest",
                       from.path(), "--to-manifest", to.path(), "--what", what},
         .most = proposals::Effects::max_bytes},
        stop);
}

} // namespace

core::Result<proposals::Effects> effects_between(const Worker& worker,
                                                 const evaluator::Closure& before,
                                                 const evaluator::Closure& after,
                                                 const std::stop_token& stop) {
    const auto said = ask(worker, before, after, "effects", stop);
    if (!said) {
        return said.problem();
    }
    auto effects = proposals::parse_effects(*said);
    if (!effects) {
        return nonsense(effects.problem());
    }
    // The answer has to be about what was asked.
    if (effects->from != before.root.str() || effects->to != after.root.str()) {
        return Problem{.code = "analysis_failed",
                       .message = "agentd-analyze answered about other systems"};
    }
    return effects;
}

core::Result<proposals::SwitchMoves> moves_between(const Worker& worker,
                                                   const evaluator::Closure& before,
                                                   const evaluator::Closure& after,
                                                   const std::stop_token& stop) {
    const auto said = ask(worker, before, after, "moves", stop);
    if (!said) {
        return said.problem();
    }
    const auto json = core::parse_json(*said, {.bytes = proposals::Effects::max_bytes, .depth = 8});
    auto moves = json ? proposals::moves_from_json(*json)
                      : core::Result<proposals::SwitchMoves>(json.problem());
    if (!moves) {
        return nonsense(moves.problem());
    }
    return moves;
}

core::Result<Built> built_of(const Worker& worker, const evaluator::Closure& before,
                             const evaluator::Closure& after, const std::stop_token& stop) {
    const auto said = ask(worker, before, after, "built", stop);
    if (!said) {
        return said.problem();
    }
    const auto json = core::parse_json(*said, {.bytes = proposals::Effects::max_bytes, .depth = 8});
    if (!json) {
        return nonsense(json.problem());
    }
    core::ObjectReader in(*json, "built");
    auto first = evaluator::agreement::statements_from_json(in.any("before"));
    auto second = evaluator::agreement::statements_from_json(in.any("after"));
    if (const auto done = in.finish(); !done || !first || !second) {
        return nonsense(!done ? done.problem() : !first ? first.problem() : second.problem());
    }
    return Built{.before = std::move(*first), .after = std::move(*second)};
}

} // namespace agentd::analysis
