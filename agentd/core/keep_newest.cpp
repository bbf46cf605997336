#include "agentd/core/keep_newest.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace agentd::core {

namespace fs = std::filesystem;

void keep_newest(const std::string& directory, std::string_view ending, std::size_t most) {
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.path().filename().string().ends_with(ending)) {
            std::error_code gone;
            files.emplace_back(entry.last_write_time(gone), entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    for (std::size_t i = 0; i + most < files.size(); ++i) {
        fs::remove(files[i].second, error);
    }
}

void renew(const std::string& file) {
    std::error_code ignored;
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
}

} // namespace agentd::core
