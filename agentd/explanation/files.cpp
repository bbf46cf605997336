#include "agentd/explanation/files.hpp"

#include "agentd/core/text.hpp"

#include <nlohmann/json.hpp>

namespace agentd::explanation {

core::Json to_json(const std::vector<proposals::ChangedFile>& files) {
    core::Json out = core::Json::array();
    for (const auto& file : files) {
        core::Json flags = core::Json::array();
        for (const auto flag : file.flags.value_or(std::vector<proposals::Flag>{})) {
            flags.push_back(
                {{"flag", proposals::to_string(flag)}, {"text", proposals::sentence_of(flag)}});
        }
        out.push_back({{"path", core::to_utf8(file.path)},
                       {"change", proposals::to_string(file.change)},
                       {"flags", std::move(flags)}});
    }
    return out;
}

} // namespace agentd::explanation
