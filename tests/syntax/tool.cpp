/// @file
/// What the tests of the Nix syntax drive: judges files, measures, mutates, goes there and back.
#include "tests/syntax/tool.hpp"

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace agentd::tests;

namespace {

constexpr std::string_view usage =
    "nix-syntax-tool judge                < names of files: accept, syntax or rule, one line each\n"
    "nix-syntax-tool bench ROUNDS         < names of files: megabytes a second\n"
    "nix-syntax-tool fuzz SECONDS SEED    < names of files: mutates them, holds what a tree "
    "promises\n"
    "nix-syntax-tool edit FILE OP …       the edited text on stdout; 77 and the reason where there "
    "is none\n"
    "    set PATH VALUE, insert PATH VALUE, remove PATH, add PATH ELEMENT, package PATH NAME,\n"
    "    take-out PATH ELEMENT, formal NAME, import RELATIVE FROM_ROOT, no-import RELATIVE,\n"
    "    input NAME URL FOLLOWS…, url NAME URL, no-input NAME; set! and its like: under conditions "
    "too\n"
    "nix-syntax-tool roundtrip            < names of files: one item into every list and set and "
    "out "
    "again\n";

std::vector<std::string> names_from_input() {
    std::vector<std::string> out;
    for (std::string line; std::getline(std::cin, line);) {
        out.push_back(line);
    }
    return out;
}

} // namespace

namespace agentd::tests {

std::string read_whole(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot read " + name);
    }
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace agentd::tests

namespace {

int run(const std::vector<std::string>& arguments) {
    if (arguments.size() == 1 && arguments[0] == "judge") {
        return judge(names_from_input());
    }
    if (arguments.size() == 1 && arguments[0] == "roundtrip") {
        return round_trip(names_from_input());
    }
    if (arguments.size() >= 4 && arguments[0] == "edit") {
        return edit({arguments.begin() + 1, arguments.end()});
    }
    if (arguments.size() == 2 && arguments[0] == "bench") {
        return bench(names_from_input(), std::stoi(arguments[1]));
    }
    if (arguments.size() == 3 && arguments[0] == "fuzz") {
        return fuzz(names_from_input(), std::stoi(arguments[1]), std::stoull(arguments[2]));
    }
    std::cerr << usage;
    return 64;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& broken) {
        std::cerr << "nix-syntax-tool: " << broken.what() << '\n';
        return 1;
    }
}
