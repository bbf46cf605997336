#include "init.hpp"
#include "namespaces.hpp"

#include <cstdio>
#include <exception>
#include <string_view>

namespace {

constexpr const char* usage =
    "usage: agentd-demo-init --dir DIR [--system PATH] [--pid-file FILE] [--nix DIR]\n"
    "\n"
    "  --dir DIR        the machine: its disk is DIR/root, its PID 1 is in DIR/init.pid\n"
    "  --system PATH    boot this system; without it, what DIR/root/boot or its profile says\n"
    "  --pid-file FILE  instead of DIR/init.pid\n"
    "  --nix DIR        what the machine sees as /nix (default /nix)\n"
    "\n"
    "Runs in the foreground and prints \"ready\" when the machine is up. SIGTERM powers it off.\n";

} // namespace

int main(int argc, char** argv) {
    agentd::demo::Settings settings;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        if (option == "--help" || option == "-h") {
            std::fputs(usage, stdout);
            return 0;
        }
        auto* const field = option == "--dir"        ? &settings.dir
                            : option == "--system"   ? &settings.system
                            : option == "--pid-file" ? &settings.pid_file
                            : option == "--nix"      ? &settings.nix
                                                     : nullptr;
        if (field == nullptr || i + 1 == argc) {
            std::fputs(usage, stderr);
            return 64;
        }
        *field = argv[++i];
    }
    if (settings.dir.empty()) {
        std::fputs(usage, stderr);
        return 64;
    }
    try {
        settings.dir = std::filesystem::absolute(settings.dir);
        return agentd::demo::run_machine(
            settings, [&settings] { return agentd::demo::init(settings.system); });
    } catch (const std::exception& error) {
        std::fprintf(stderr, "agentd-demo-init: %s\n", error.what());
        return 1;
    }
}
