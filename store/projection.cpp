#include "store/projection.hpp"

#include "agentd/core/failure.hpp"
#include "store/fold.hpp"
#include "store/migrations.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <unistd.h>

namespace agentd::store {

using core::Failure;
using core::FailureKind;

namespace {

/// Entries folded in one transaction: large enough that syncing is cheap, small enough for memory.
constexpr std::size_t batch = 1000;
constexpr Index no_end = std::numeric_limits<Index>::max();

core::Fd lock_beside(const std::string& path) {
    auto lock = core::try_lock_file(path + ".lock");
    if (!lock) {
        throw Failure(FailureKind::busy,
                      "another agentd has this projection open; there is one writer at a time",
                      path);
    }
    return std::move(*lock);
}

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        const std::string file = path + suffix;
        if (::unlink(file.c_str()) != 0 && errno != ENOENT) {
            throw core::system_failure("cannot remove", file, errno);
        }
    }
}

/// Folds what the source has, up to but without entry `until`; returns how many.
Index fold_all(Database& database, const LineSource& source, Index until = no_end,
               const OnMisfit& on_misfit = {}) {
    Index next = Queries(database).next_index();
    const Index first = next;
    for (;;) {
        const auto limit = static_cast<std::size_t>(std::min<Index>(batch, until - next));
        const std::vector<std::string> lines =
            limit == 0 ? std::vector<std::string>{} : source(next, limit);
        if (lines.empty()) {
            return next - first;
        }
        if (lines.size() > limit) {
            throw Failure(FailureKind::internal, "the log gave more entries than were asked for");
        }
        Transaction transaction(database);
        for (const std::string& line : lines) {
            const Index index = next++;
            const auto why = fold_line(database, index, line, Misfit::note);
            if (why && on_misfit) {
                on_misfit(index, *why);
            }
        }
        transaction.commit();
    }
}

/// A database in a file of its own that is gone afterwards.
class Scratch {
  public:
    explicit Scratch(std::string path) : path_(std::move(path)) {
        remove_database(path_);
        database_ = std::make_unique<Database>(path_, Access::write);
        migrate(*database_);
    }
    ~Scratch() {
        database_.reset();
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
            ::unlink((path_ + suffix).c_str());
        }
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Database& operator*() noexcept { return *database_; }

  private:
    std::string path_;
    std::unique_ptr<Database> database_;
};

} // namespace

Projection::Projection(std::string path)
    : lock_(lock_beside(path)), database_(std::make_unique<Database>(path, Access::write)) {
    migrate(*database_);
}

Projection::~Projection() = default;

void Projection::apply(Index index, std::string_view line) {
    Transaction transaction(*database_);
    fold_line(*database_, index, line);
    transaction.commit();
}

void Projection::apply_batch(Index first, std::span<const std::string> lines) {
    Transaction transaction(*database_);
    for (const std::string& line : lines) {
        fold_line(*database_, first++, line);
    }
    transaction.commit();
}

Index Projection::catch_up(const LineSource& source, const OnMisfit& on_misfit) {
    return fold_all(*database_, source, no_end, on_misfit);
}

void Projection::rehearse(std::string_view line) {
    const Transaction never_committed(*database_);
    fold_line(*database_, next_index(), line);
    // A row that is missed is only found at the end of a transaction.
    if (Statement missed = database_->prepare("PRAGMA foreign_key_check"); missed.step()) {
        throw Failure(FailureKind::corrupt, "the entry refers to a row that is not there");
    }
}

RebuildReport Projection::rebuild(const LineSource& source) {
    return core::in_context("folding the log again", [&] {
        Scratch fresh(database_->path() + ".rebuild");
        const Index folded = next_index();
        Index entries = fold_all(*fresh, source, folded);
        if (entries < folded) {
            throw Failure(FailureKind::corrupt,
                          "the log gave " + std::to_string(entries) + " entries, but " +
                              std::to_string(folded) +
                              " were folded before; the rows are left as they are",
                          database_->path());
        }
        const core::Digest before = queries().row_digest();
        const core::Digest after = Queries(*fresh).row_digest();
        entries += fold_all(*fresh, source);
        (*fresh).check_integrity();
        database_->replace_with(*fresh);
        return RebuildReport{.entries = entries, .rows_before = before, .rows_after = after};
    });
}

void Projection::set_aside(const std::string& path) {
    const core::Fd lock = lock_beside(path);
    const std::string aside = path + ".broken";
    remove_database(aside);
    for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
        const std::string from = path + suffix;
        if (::rename(from.c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT) {
            throw core::system_failure("cannot set aside", from, errno);
        }
    }
    core::sync_directory(std::filesystem::path(path).parent_path().string());
}

Reader::Reader(const std::string& path)
    : database_(std::make_unique<Database>(path, Access::read)), queries_(*database_) {
    const auto known = static_cast<std::int64_t>(migrations().size());
    if (database_->number("PRAGMA user_version").value_or(0) != known) {
        throw Failure(FailureKind::misconfigured,
                      "the database has another schema than this program; restart agentd", path);
    }
}

} // namespace agentd::store
