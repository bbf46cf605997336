/// @file
/// The file that groups are appended to: all of a group or nothing of it.
#pragma once

#include "agentd/core/fd.hpp"
#include "audit/layout.hpp"

#include <cstdint>
#include <string_view>

namespace agentd::audit {

class SegmentFile {
  public:
    explicit SegmentFile(Layout layout) : layout_(std::move(layout)) {}
    /// Goes on in `segment` behind `offset`, and makes sure that what is there is durable.
    void resume(std::uint64_t segment, std::uint64_t offset);

    enum class Put { durable, disk_full };
    /// One write, one fdatasync. On `disk_full` the file is as it was. Failure `corrupt` when the
    /// disk broke: what lies there is unknown then, and the file must not be written again.
    Put put(std::uint64_t segment, std::string_view group);

  private:
    void start(std::uint64_t segment);

    Layout layout_;
    core::Fd fd_;
    std::uint64_t segment_ = 0;
    std::uint64_t offset_ = 0;
};

} // namespace agentd::audit
