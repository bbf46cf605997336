#include "tests/syntax/promises.hpp"
#include "tests/syntax/tool.hpp"

#include <array>
#include <chrono>
#include <iostream>

namespace agentd::tests {

namespace {

constexpr std::array<std::string_view, 72> pieces{
    "{",     "}",       "[",       "]",        "(",
    ")",     "''",      "\"",      "${",       ";",
    ":",     ",",       ".",       "...",      "@",
    "?",     "=",       "==",      "!=",       "!",
    "-",     "->",      "+",       "++",       "*",
    "/",     "//",      "/*",      "*/",       "#",
    "\n",    "\r",      "\r\n",    "\t",       " ",
    "<",     ">",       "<=",      "<a>",      "|>",
    "<|",    "||",      "&&",      "$",        "$$",
    "''$",   "'''",     "''\\",    "\\",       "~/",
    "./a",   "a/",      "a:b",     "or",       "rec",
    "let",   "in",      "if",      "then",     "else",
    "with",  "assert",  "inherit", "x",        "inherit (x);",
    "1.",    ".5",      "0",       "a.b = 1;", "x: ",
    "{ }: ", "\xc3\xa9"};

/// A few places changed, with pieces of the language and of another text.
std::string mutated(std::string text, const std::string& other, Choices& choices) {
    for (std::size_t n = 1 + choices.below(4); n > 0; --n) {
        const std::size_t at = choices.below(text.size() + 1);
        const std::size_t length = std::min(choices.below(12), text.size() - at);
        switch (choices.below(6)) {
        case 0:
            text.erase(at, length);
            break;
        case 1:
            text.insert(at, pieces[choices.below(pieces.size())]);
            break;
        case 2:
            text.replace(at, length, pieces[choices.below(pieces.size())]);
            break;
        case 3:
            text.insert(at, other.substr(choices.below(other.size()), choices.below(40)));
            break;
        case 4:
            text.insert(choices.below(text.size()), text.substr(at, length * 3));
            break;
        default:
            text.resize(at); // cut off
            break;
        }
    }
    return text;
}

} // namespace

int fuzz(const std::vector<std::string>& files, int seconds, std::uint64_t seed) {
    std::vector<std::string> texts;
    for (const std::string& name : files) {
        if (auto text = read_whole(name); !text.empty() && text.size() < 20000) {
            texts.push_back(std::move(text));
        }
    }
    Choices choices(seed);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::size_t tried = 0;
    std::size_t accepted = 0;
    while (!texts.empty() && std::chrono::steady_clock::now() < until) {
        const std::string& one = texts[choices.below(texts.size())];
        const std::string text = mutated(one, texts[choices.below(texts.size())], choices);
        ++tried;
        accepted += hold_text(text, Choices(choices.below(1U << 30))) ? 1 : 0;
    }
    std::cout << tried << " mutants, " << accepted << " of them Nix, none broke a promise\n";
    return 0;
}

} // namespace agentd::tests
