/// @file
/// What the fuzz targets share: how a promise is held, and a committed tree that is in memory.
#pragma once

#include "agentd/core/result.hpp"
#include "proposals/tree.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace agentd::fuzz {

/// libFuzzer keeps the input that made it abort.
inline void hold(bool truth, std::string_view what, std::string_view about = {}) {
    if (!truth) {
        std::cerr << "broken: " << what << (about.empty() ? "" : ": ") << about << std::endl;
        std::abort();
    }
}

/// Whatever is refused is refused by name and with a sentence.
template <class T> void hold_refusal(const core::Result<T>& result) {
    if (!result) {
        hold(!result.problem().code.empty() && !result.problem().message.empty(),
             "a refusal has a name and a sentence");
    }
}

/// An input of several texts: a line of `=====` stands between two.
inline std::vector<std::string_view> texts_of(std::string_view input) {
    constexpr std::string_view between = "\n=====\n";
    std::vector<std::string_view> out;
    for (;;) {
        const auto end = input.find(between);
        out.push_back(input.substr(0, end));
        if (end == std::string_view::npos) {
            return out;
        }
        input.remove_prefix(end + between.size());
    }
}

inline std::string_view view_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

class Memory final : public proposals::TreeReader {
  public:
    explicit Memory(std::map<std::string, std::string, std::less<>> files)
        : files_(std::move(files)) {}
    std::optional<proposals::TreeEntry> find(std::string_view path) const override {
        return files_.contains(path) ? std::optional(proposals::TreeEntry{}) : std::nullopt;
    }
    std::optional<std::string> read(std::string_view path) const override {
        const auto found = files_.find(path);
        return found == files_.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<std::string> paths() const {
        std::vector<std::string> out;
        for (const auto& [path, text] : files_) {
            out.push_back(path);
        }
        return out;
    }

  private:
    std::map<std::string, std::string, std::less<>> files_;
};

} // namespace agentd::fuzz
