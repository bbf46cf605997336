#include "unit_log.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace agentd::demo {

namespace {
constexpr long file_limit = 256 * 1024;
constexpr std::size_t line_limit = 2048;
} // namespace

UnitLog::UnitLog(const std::string& unit) : path_("/var/log/units/" + unit + ".log") {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == 0) {
        read_end_ = ends[0];
        write_end_ = ends[1];
        fcntl(read_end_, F_SETFL, O_NONBLOCK);
    }
    mkdir("/var/log", 0755);
    mkdir("/var/log/units", 0755);
    open_file();
}

UnitLog::~UnitLog() {
    drain();
    for (const int fd : {read_end_, write_end_, file_})
        if (fd >= 0)
            close(fd);
}

void UnitLog::open_file() {
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    struct stat info {};
    size_ = file_ >= 0 && fstat(file_, &info) == 0 ? static_cast<long>(info.st_size) : 0;
}

void UnitLog::line(std::string_view text) {
    if (size_ > file_limit) {
        close(file_);
        std::rename(path_.c_str(), (path_ + ".1").c_str());
        open_file();
    }
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto millis =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() %
        1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char stamp[40];
    std::size_t used = std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    used += static_cast<std::size_t>(
        std::snprintf(stamp + used, sizeof stamp - used, ".%03dZ ", static_cast<int>(millis)));
    std::string whole(stamp, used);
    whole.append(text.substr(0, line_limit));
    whole += '\n';
    if (const auto written = write(file_, whole.data(), whole.size()); written > 0)
        size_ += written;
}

void UnitLog::drain() {
    char buffer[8192];
    for (ssize_t got = 0; (got = read(read_end_, buffer, sizeof buffer)) > 0;) {
        partial_.append(buffer, static_cast<std::size_t>(got));
        std::size_t from = 0;
        for (std::size_t end = 0; (end = partial_.find('\n', from)) != std::string::npos;
             from = end + 1)
            line(std::string_view(partial_).substr(from, end - from));
        partial_.erase(0, from);
        if (partial_.size() > line_limit) {
            line(partial_);
            partial_.clear();
        }
    }
}

void UnitLog::note(std::string_view text) {
    drain();
    line("systemd: " + std::string(text));
}

} // namespace agentd::demo
