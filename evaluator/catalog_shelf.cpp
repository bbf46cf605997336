#include "agentd/core/failure.hpp"
#include "agentd/core/fd.hpp"
#include "evaluator/catalog.hpp"
#include "evaluator/catalog_codec.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace agentd::evaluator {
namespace {

constexpr std::size_t most_recent = 8;
constexpr std::size_t most_files = 64;

/// Oldest first, until no more than `most_files` are left.
void thin_out(const std::string& directory) {
    namespace fs = std::filesystem;
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        std::error_code gone;
        files.emplace_back(entry.last_write_time(gone), entry.path());
    }
    std::sort(files.begin(), files.end());
    for (std::size_t i = 0; i + most_files < files.size(); ++i) {
        fs::remove(files[i].second, error);
    }
}

} // namespace

CatalogShelf::CatalogShelf(const Nix& nix, std::string directory)
    : nix_(nix), directory_(std::move(directory)) {
    core::make_directories(directory_, 0700);
}

core::Result<CatalogShelf::Shared>
CatalogShelf::get(const FlakeSource& source, const core::HostName& host, std::stop_token stop) {
    const std::string key = source.commit.str() + "-" + host.str(); // both safe in a file name
    if (auto known = recall(key)) {
        return known;
    }
    auto read = read_catalog(nix_, source, host, stop);
    if (!read) {
        return read.problem();
    }
    core::write_file_durably(directory_ + "/" + key + ".json", write_catalog(*read), 0600);
    thin_out(directory_);
    auto shared = std::make_shared<const Catalog>(std::move(read).value());
    remember(key, shared);
    return shared;
}

CatalogShelf::Shared CatalogShelf::recall(const std::string& key) {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, catalog] : recent_) {
            if (name == key) {
                return catalog;
            }
        }
    }
    const auto text = core::read_file_if_exists(directory_ + "/" + key + ".json");
    auto parsed = text ? read_catalog_document(*text) : core::Result<Catalog>(core::Problem{});
    if (!parsed || parsed->commit + "-" + parsed->host != key) {
        return nullptr;
    }
    auto shared = std::make_shared<const Catalog>(std::move(parsed).value());
    remember(key, shared);
    return shared;
}

void CatalogShelf::remember(const std::string& key, Shared catalog) {
    const std::lock_guard lock(mutex_);
    recent_.insert(recent_.begin(), {key, std::move(catalog)});
    if (recent_.size() > most_recent) {
        recent_.pop_back();
    }
}

} // namespace agentd::evaluator
