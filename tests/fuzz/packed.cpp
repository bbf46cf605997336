// A text as a packed tree: it is as `pack` writes it, and a map of it is made, or a refusal.
#include "tests/fuzz/fuzz.hpp"

#include "proposals/map/repo_map.hpp"
#include "proposals/packed_tree.hpp"

using namespace agentd;
using namespace agentd::proposals;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::view_of(data, size);
    const auto read = PackedTree::open(text);
    fuzz::hold_refusal(read);
    if (!read) {
        return 0;
    }
    const auto paths = read->paths();
    const std::string packed = pack(*read, paths).value();
    fuzz::hold(packed.size() == text.size(), "what is taken is as it is packed");
    const auto again = PackedTree::open(packed);
    fuzz::hold(again && again->paths() == paths, "what is packed is taken");
    for (const std::string& path : paths) {
        fuzz::hold(read->find(path) == again->find(path) && read->read(path) == again->read(path),
                   "a file is the same again", path);
    }
    map::Files files(*read, paths);
    fuzz::hold_refusal(map::make_map(files));
    return 0;
}
