/// @file
/// What a unit writes, kept in /var/log/units/<unit>.log.
#pragma once

#include <string>
#include <string_view>

namespace agentd::demo {

/// A pipe the unit's processes write to and a bounded file it ends in: one line each, with the
/// time in UTC before it. At 256 KiB the file becomes <unit>.log.1 and a new one begins.
class UnitLog {
  public:
    explicit UnitLog(const std::string& unit);
    ~UnitLog();
    UnitLog(const UnitLog&) = delete;
    UnitLog& operator=(const UnitLog&) = delete;

    int writer() const noexcept { return write_end_; }
    int reader() const noexcept { return read_end_; }

    void drain();                     ///< moves what has arrived into the file
    void note(std::string_view text); ///< a line of PID 1's own

  private:
    void line(std::string_view text);
    void open_file();

    std::string path_;
    std::string partial_{};
    int read_end_ = -1, write_end_ = -1, file_ = -1;
    long size_ = 0;
};

} // namespace agentd::demo
