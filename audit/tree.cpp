#include "audit/tree.hpp"

#include "agentd/core/crypto.hpp"

#include <string>

namespace agentd::audit {

namespace {
void add(std::string& to, const core::Digest& digest) {
    to.append(reinterpret_cast<const char*>(digest.bytes().data()), core::Digest::size);
}
} // namespace

core::Digest leaf_hash(std::string_view line) {
    std::string bytes;
    bytes.reserve(line.size() + 1);
    bytes += '\0';
    bytes += line;
    return core::sha256(bytes);
}

core::Digest node_hash(const core::Digest& left, const core::Digest& right) {
    std::string bytes(1, '\x01');
    add(bytes, left);
    add(bytes, right);
    return core::sha256(bytes);
}

void Tree::append(const core::Digest& leaf) {
    core::Digest top = leaf;
    // Each trailing one of the old size is a full subtree as large as the one just made.
    for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
        top = node_hash(edge_.back(), top);
        edge_.pop_back();
    }
    edge_.push_back(top);
    ++size_;
}

core::Digest Tree::root() const {
    if (edge_.empty()) {
        return core::sha256({});
    }
    core::Digest top = edge_.back();
    for (std::size_t i = edge_.size() - 1; i-- > 0;) {
        top = node_hash(edge_[i], top);
    }
    return top;
}

} // namespace agentd::audit
