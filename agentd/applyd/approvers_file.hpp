/// @file
/// Root's file of who may approve: above a marker what the configuration declares, below it what
/// was paired.
#pragma once

#include <string>

namespace agentd::applyd {

/// Two processes change it, pairing and what puts the declared keys there: each holds `<path>.lock`
/// meanwhile, so that neither loses what the other wrote. Durable when a function returns.
/// @throws core::Failure busy when the other does not end within ten seconds.
class ApproversFile {
  public:
    explicit ApproversFile(std::string path) : path_(std::move(path)) {}

    /// Above the marker stands `text` from now on. A file without a marker was there before: all of
    /// it counts as paired, so that nobody is locked out.
    void declare(const std::string& text);
    /// At the end, unless this key is there already.
    /// @param line of the approvers file, without LF.
    void add(const std::string& key_id, const std::string& line);

  private:
    std::string path_;
};

} // namespace agentd::applyd
