#include "audit/writer_state.hpp"

#include "agentd/core/failure.hpp"
#include "agentd/core/log.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace agentd::audit {

using core::Failure;
using core::FailureKind;
using core::Json;
using core::Problem;
using core::Result;

namespace {

bool same_content(const Draft& a, const Draft& b) {
    return a.type == b.type && a.actor == b.actor && a.cause == b.cause && a.subject == b.subject &&
           a.body == b.body;
}

} // namespace

Writer::Writer(WriterOptions options, const core::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {}
Writer::~Writer() = default;

Result<Writer::Appended> Writer::append(std::span<const Draft> drafts) {
    return state_->append(drafts);
}
const Checkpoint& Writer::head() const noexcept {
    return state_->head;
}
VerifierKey Writer::key() const {
    return state_->vkey;
}
bool Writer::disk_full() const noexcept {
    return state_->full;
}

Result<Writer::Appended> Writer::State::append(std::span<const Draft> drafts) {
    if (broken) {
        throw Failure(FailureKind::corrupt, "the disk broke; open the log again to recover",
                      options.layout.directory);
    }
    if (drafts.size() > max_group_entries) {
        return Problem{.code = "too_large",
                       .message = "at most " + std::to_string(max_group_entries) +
                                  " entries are taken at once"};
    }
    Appended out;
    std::vector<Line> lines;
    std::optional<Problem> problem;
    for (std::size_t i = 0; i < drafts.size() && !problem; ++i) {
        problem = take(drafts, i, lines, out.numbers);
    }
    if (problem) {
        forget(drafts, out.numbers);
        return *problem;
    }
    if (full && !lines.empty()) {
        full = !ballast.ensure();
    }
    if (!lines.empty() && (full || !commit_in_groups(lines))) {
        forget(drafts, out.numbers);
        full = true;
        if (!full_on_record) {
            on_full(lines.size());
        }
        return Problem{.code = "disk_full",
                       .message = "the disk that holds the log is full; nothing was written",
                       .where = options.layout.directory,
                       .hint = "make room: at least 2 MiB"};
    }
    full_on_record = full_on_record && lines.empty();
    out.head = head;
    return out;
}

std::optional<Problem> Writer::State::take(std::span<const Draft> drafts, std::size_t at,
                                           std::vector<Line>& lines,
                                           std::vector<std::uint64_t>& numbers) {
    const Draft& draft = drafts[at];
    if (const auto good = check(draft); !good) {
        return good.problem();
    }
    if (const auto known = ids.find(draft.id.str())) {
        if (!known_is_same(drafts, draft, *known, numbers)) {
            return Problem{.code = "id_reused",
                           .message = "entry " + std::to_string(*known) +
                                      " has this id already and says something else",
                           .where = draft.id.str()};
        }
        numbers.push_back(*known);
        return std::nullopt;
    }
    std::string bytes = to_line({.draft = draft, .stamp = stamp()});
    if (bytes.size() > max_entry_bytes) {
        return Problem{.code = "too_large",
                       .message = "an entry may have " + std::to_string(max_entry_bytes) +
                                  " bytes; this one has " + std::to_string(bytes.size()),
                       .hint = "put the bulk into a blob and its digest into the entry"};
    }
    numbers.push_back(tree.size() + lines.size());
    ids.add(draft.id.str(), numbers.back());
    const auto hash = leaf_hash(bytes);
    lines.push_back({.bytes = std::move(bytes), .hash = hash});
    return std::nullopt;
}

bool Writer::State::known_is_same(std::span<const Draft> drafts, const Draft& draft,
                                  std::uint64_t number, std::span<const std::uint64_t> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] == number && drafts[i].id == draft.id) {
            return same_content(drafts[i], draft);
        }
    }
    if (!reader) {
        reader.emplace(options.layout);
    }
    reader->refresh();
    const auto line = reader->read(number, 1);
    const auto entry = line.empty() ? Result<Entry>(Problem{}) : parse_line(line.front());
    return entry && same_content(entry->draft, draft);
}

bool Writer::State::commit_in_groups(std::span<const Line> lines) {
    while (!lines.empty()) {
        const std::uint64_t room =
            options.layout.segment_leaves - tree.size() % options.layout.segment_leaves;
        std::size_t count = 0;
        std::size_t bytes = 0;
        while (count < lines.size() && count < room &&
               (count == 0 || bytes + lines[count].bytes.size() <= max_group_bytes)) {
            bytes += lines[count++].bytes.size();
        }
        if (!commit(lines.first(count))) {
            return false;
        }
        lines = lines.subspan(count);
    }
    return true;
}

bool Writer::State::commit(std::span<const Line> lines) {
    Tree grown = tree;
    std::string group;
    for (const Line& line : lines) {
        group += line.bytes;
        group += '\n';
        grown.append(line.hash);
    }
    const Checkpoint sealed{.origin = vkey.name(), .size = grown.size(), .root = grown.root()};
    group += seal_line(sign_note(sealed, key));
    group += '\n';
    try {
        if (file.put(tree.size() / options.layout.segment_leaves, group) ==
            SegmentFile::Put::disk_full) {
            return false;
        }
    } catch (...) {
        broken = true;
        throw;
    }
    for (const Line& line : lines) {
        tiles.append(line.hash);
    }
    tree = std::move(grown);
    head = sealed;
    publish();
    return true;
}

void Writer::State::forget(std::span<const Draft> drafts, std::span<const std::uint64_t> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        // What did get in (an earlier segment's part) stays known: asking again is safe.
        if (numbers[i] >= tree.size()) {
            ids.remove(drafts[i].id.str());
        }
    }
}

void Writer::State::on_full(std::size_t refused) {
    full_on_record = true; // tried once, whether it fits or not: a full disk is not a flood
    ballast.release();
    const Entry entry{.draft = own("audit.disk_full", {{"refused", refused}}), .stamp = stamp()};
    std::string bytes = to_line(entry);
    const auto hash = leaf_hash(bytes);
    const Line line{.bytes = std::move(bytes), .hash = hash};
    const auto number = tree.size();
    if (commit({&line, 1})) {
        ids.add(entry.draft.id.str(), number);
    }
}

Draft Writer::State::own(std::string type, const Json& body) const {
    return draft(clock.now(), std::move(type), "log", body,
                 {.kind = ActorKind::system, .id = "agentd-auditd", .uid = ::geteuid()});
}

Stamp Writer::State::stamp() const {
    return {.time = clock.now(), .boot_id = boot_id, .mono_us = clock.monotonic_us()};
}

void Writer::State::publish() {
    tiles.flush();
    const std::string path = options.layout.checkpoint_path();
    const std::string fresh = path + ".new";
    try {
        // Not synced: it is written behind the log and made again at every start.
        const core::Fd fd = core::open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644);
        core::write_all(fd.get(), sign_note(head, key), fresh);
        if (::rename(fresh.c_str(), path.c_str()) != 0) {
            throw core::system_failure("cannot rename into place", path, errno);
        }
    } catch (const Failure& trouble) {
        core::log(core::Level::warning, std::string("checkpoint not published: ") + trouble.what());
    }
}

} // namespace agentd::audit
