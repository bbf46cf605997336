#include "agentd/fetching/messenger.hpp"

#include "agentd/core/crypto.hpp"
#include "agentd/core/fd.hpp"
#include "agentd/fetching/question.hpp"
#include "agentd/fetching/worker.hpp"
#include "evaluator/room.hpp"
#include "evaluator/source_nar.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace agentd::fetching {

namespace {

using core::Problem;
using core::Result;
using evaluator::LockWanted;
using evaluator::SourceWanted;
using std::chrono::milliseconds;

/// One input, from the question to the store.
class Errand {
  public:
    Errand(const evaluator::Nix& nix, const std::string& socket, const SourceWanted& wanted,
           milliseconds patience, const std::stop_token& stop)
        : nix_(nix), wanted_(wanted), patience_(patience), stop_(stop),
          worker_(socket, evaluator::fetch_of(wanted), patience, stop),
          folder_(nix.settings().scratch + "/given") {}
    ~Errand() { clear(); }
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

    Result<core::Done> run() {
        const Question question{.name = wanted_.name,
                                .source = wanted_.source,
                                .seconds = asked_seconds(patience_),
                                .bytes = nix_.settings().fetch_bytes};
        const auto result = worker_.ask(core::canonical(to_json(question)));
        if (!result) {
            return result.problem();
        }
        core::ObjectReader in(*result, "result");
        in.one_of("schema", {"agentd.fetched/1"});
        const std::string path = in.text("path", 300);
        const auto bytes = static_cast<std::uint64_t>(in.integer("nar_bytes", 1, 1LL << 44));
        if (!in.finish()) {
            return worker_.ended();
        }
        if (path != wanted_.source.path.str()) {
            return evaluator::other_files(wanted_);
        }
        return bytes > nix_.settings().fetch_bytes
                   ? evaluator::source_too_big(wanted_, nix_.settings().fetch_bytes)
                   : take(bytes);
    }

  private:
    void clear() const {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Result<core::Done> take(std::uint64_t bytes) {
        clear();
        core::make_directories(folder_, 0700);
        const std::string file = folder_ + "/source.nar";
        const core::Fd out = core::open_file(file, O_WRONLY | O_CREAT | O_EXCL);
        const evaluator::Room room(folder_, nix_.settings().disk_reserve);
        core::Sha256 hash;
        for (std::uint64_t left = bytes; left > 0;) {
            const std::string some = worker_.some(std::min<std::uint64_t>(left, 65'536));
            if (some.empty()) {
                return worker_.ended();
            }
            if (!room.left()) {
                return evaluator::no_room("fetch_limit");
            }
            hash.update(some);
            core::write_all(out.get(), some, file);
            left -= some.size();
        }
        return evaluator::add_source(
            nix_, {.folder = folder_, .hash = hash.finish(), .bytes = bytes}, wanted_, stop_);
    }

    const evaluator::Nix& nix_;
    const SourceWanted& wanted_;
    milliseconds patience_;
    const std::stop_token& stop_;
    Worker worker_;
    std::string folder_;
};

class WorkerGiver : public evaluator::SourceGiver {
  public:
    WorkerGiver(const evaluator::Nix& nix, std::string socket)
        : nix_(nix), socket_(std::move(socket)) {}
    Result<core::Done> give(const SourceWanted& wanted, milliseconds patience,
                            const std::stop_token& stop) const override {
        return Errand(nix_, socket_, wanted, patience, stop).run();
    }

  private:
    const evaluator::Nix& nix_;
    std::string socket_;
};

class WorkerMaker : public evaluator::LockMaker {
  public:
    WorkerMaker(std::string socket, std::uint64_t bytes)
        : socket_(std::move(socket)), bytes_(bytes) {}
    Result<std::string> make(const LockWanted& wanted, milliseconds patience,
                             const std::stop_token& stop) const override {
        Worker worker(socket_, evaluator::fetch_of(wanted), patience, stop);
        const auto result = worker.ask(core::canonical(to_json(
            LockQuestion{.wanted = wanted, .seconds = asked_seconds(patience), .bytes = bytes_})));
        if (!result) {
            return result.problem();
        }
        core::ObjectReader in(*result, "result");
        in.one_of("schema", {"agentd.relocked/1"});
        const auto bytes = in.integer("lock_bytes", 1, LockWanted::max_text);
        if (!in.finish()) {
            return worker.ended();
        }
        std::string text;
        while (text.size() < static_cast<std::size_t>(bytes)) {
            const std::string some = worker.some(static_cast<std::size_t>(bytes) - text.size());
            if (some.empty()) {
                return worker.ended();
            }
            text += some;
        }
        return text;
    }

  private:
    std::string socket_;
    std::uint64_t bytes_;
};

/// Its folder without it: it ought to listen, and who asks it will hear that it does not.
bool worker_meant() {
    return ::access(worker_socket, W_OK) == 0 ||
           (errno == ENOENT && ::access("/run/agentd-fetch", F_OK) == 0);
}

} // namespace

std::unique_ptr<evaluator::SourceGiver> worker_source_giver(const evaluator::Nix& nix,
                                                            std::string socket) {
    return std::make_unique<WorkerGiver>(nix, std::move(socket));
}

std::unique_ptr<evaluator::LockMaker> worker_lock_maker(std::string socket, std::uint64_t bytes) {
    return std::make_unique<WorkerMaker>(std::move(socket), bytes);
}

std::unique_ptr<evaluator::SourceGiver> source_giver(const evaluator::Nix& nix) {
    return worker_meant() ? worker_source_giver(nix, worker_socket)
                          : evaluator::own_source_giver(nix);
}

std::unique_ptr<evaluator::LockMaker> lock_maker(const evaluator::Nix& nix) {
    return worker_meant() ? worker_lock_maker(worker_socket, nix.settings().fetch_bytes)
                          : evaluator::own_lock_maker(nix);
}

} // namespace agentd::fetching
