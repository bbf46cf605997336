#include "audit/reader.hpp"

#include "audit/lines.hpp"
#include "audit/seal.hpp"

#include <algorithm>

namespace agentd::audit {

Reader::Reader(Layout layout) : layout_(std::move(layout)) {
    refresh();
}

std::uint64_t Reader::refresh() {
    const std::lock_guard hold(mutex_);
    const std::uint64_t segments = layout_.segments().count;
    while (segment_ < segments) {
        LineScanner scanner(layout_.segment_path(segment_), scanned_);
        std::vector<std::uint64_t> open;
        while (const auto line = scanner.next()) {
            if (!line->whole) {
                break;
            }
            if (!line->bytes.starts_with(seal_prefix)) {
                open.push_back(line->offset);
                continue;
            }
            offsets_.insert(offsets_.end(), open.begin(), open.end());
            open.clear();
            scanned_ = line->end();
        }
        if (offsets_.size() < (segment_ + 1) * layout_.segment_leaves) {
            break;
        }
        ++segment_;
        scanned_ = 0;
    }
    return offsets_.size();
}

std::uint64_t Reader::size() const {
    const std::lock_guard hold(mutex_);
    return offsets_.size();
}

std::vector<std::string> Reader::read(std::uint64_t from, std::size_t limit,
                                      std::size_t max_bytes) const {
    std::vector<std::string> out;
    std::size_t bytes = 0;
    if (limit == 0) {
        return out;
    }
    for_each(from, [&](std::uint64_t, std::string_view line) {
        bytes += line.size();
        if (!out.empty() && bytes > max_bytes) {
            return false;
        }
        out.emplace_back(line);
        return out.size() < limit;
    });
    return out;
}

void Reader::for_each(std::uint64_t from,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) const {
    const std::uint64_t size = this->size();
    while (from < size) {
        const std::uint64_t segment = from / layout_.segment_leaves;
        const std::uint64_t end = std::min(size, (segment + 1) * layout_.segment_leaves);
        std::uint64_t offset = 0;
        {
            const std::lock_guard hold(mutex_);
            offset = offsets_[from];
        }
        // What is sealed does not change any more: the file is read without the lock.
        LineScanner scanner(layout_.segment_path(segment), offset);
        while (from < end) {
            const auto line = scanner.next();
            if (!line || !line->whole) {
                return;
            }
            if (line->bytes.starts_with(seal_prefix)) {
                continue;
            }
            if (!visit(from, line->bytes)) {
                return;
            }
            ++from;
        }
    }
}

} // namespace agentd::audit
