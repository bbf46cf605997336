// A text as Nix: the tree loses nothing, the colours cover it, every edit of it is Nix again.
#include "tests/fuzz/fuzz.hpp"
#include "tests/syntax/promises.hpp"

#include <functional>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace agentd;
    const std::string text(fuzz::view_of(data, size));
    tests::hold_text(text, tests::Choices(std::hash<std::string>{}(text)));
    return 0;
}
