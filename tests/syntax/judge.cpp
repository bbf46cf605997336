#include "proposals/nix/check.hpp"
#include "tests/syntax/tool.hpp"

#include <chrono>
#include <ctime>
#include <iostream>

namespace agentd::tests {

using namespace agentd::proposals;

int judge(const std::vector<std::string>& files) {
    for (const std::string& name : files) {
        const auto read = nix::parse(read_whole(name));
        if (const auto* error = std::get_if<nix::SyntaxError>(&read)) {
            std::cout << "syntax " << error->message() << '\n';
        } else if (const auto broken = nix::check(std::get<nix::Tree>(read))) {
            std::cout << "rule " << broken->message() << '\n';
        } else {
            std::cout << "accept\n";
        }
    }
    return 0;
}

int bench(const std::vector<std::string>& files, int rounds) {
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (const std::string& name : files) {
        bytes += texts.emplace_back(read_whole(name)).size();
    }
    for (int round = 0; round < rounds; ++round) {
        std::size_t refused = 0;
        std::size_t nodes = 0;
        const auto began = std::chrono::steady_clock::now();
        const auto spent = std::clock();
        for (const std::string& text : texts) {
            const auto read = nix::parse(text);
            const auto* tree = std::get_if<nix::Tree>(&read);
            refused += tree == nullptr ? 1 : 0;
            nodes += tree == nullptr ? 0 : tree->size();
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        const double processor = static_cast<double>(std::clock() - spent) / CLOCKS_PER_SEC;
        std::cout << texts.size() << " files, " << bytes << " bytes, " << nodes << " nodes, "
                  << refused << " refused: " << took.count() << " s, " << processor
                  << " s of processor, " << static_cast<double>(bytes) / 1e6 / took.count()
                  << " MB/s\n";
    }
    return 0;
}

} // namespace agentd::tests
