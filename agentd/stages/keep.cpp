#include "agentd/stages/keep.hpp"

#include "agentd/core/text.hpp"

namespace agentd::stages {

core::Digest keep(store::Blobs& blobs, std::string_view text) {
    constexpr std::size_t room_for_note = 64;
    if (text.size() <= store::Blobs::max_bytes) {
        return std::move(blobs.put(text)).value();
    }
    const std::string cut = core::shorten(text, store::Blobs::max_bytes - room_for_note);
    return std::move(blobs.put(cut + "\n[cut: the text was longer]\n")).value();
}

} // namespace agentd::stages
