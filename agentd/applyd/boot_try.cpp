#include "agentd/applyd/boot_try.hpp"

#include "agentd/core/fd.hpp"
#include "agentd/core/json.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

namespace agentd::applyd {

namespace {

constexpr const char* file = "/boot-try.json";

} // namespace

std::optional<BootTry> BootTry::read(const std::string& directory) {
    const auto text = core::read_file_if_exists(directory + file, 16U << 10);
    const auto json = core::parse_json(text.value_or(""));
    if (!json || !json->is_object()) {
        return std::nullopt;
    }
    core::ObjectReader in(*json, "boot-try");
    BootTry found{.proposal = in.text("proposal"),
                  .system = in.text("system"),
                  .boot_id = in.text("boot_id"),
                  .tries = in.integer("tries", 0, 1'000'000)};
    return in.finish() ? std::optional(std::move(found)) : std::nullopt;
}

void BootTry::write(const std::string& directory) const {
    core::write_file_durably(
        directory + file,
        core::canonical(
            {{"proposal", proposal}, {"system", system}, {"boot_id", boot_id}, {"tries", tries}}) +
            "\n");
}

void BootTry::remove(const std::string& directory) noexcept {
    ::unlink((directory + file).c_str());
}

} // namespace agentd::applyd
