#include "threei/handler_table.h"

#include <new>

namespace linden::threei {

HandlerTable::~HandlerTable() {
  for (const std::atomic<Piece*>& piece : pieces_) delete piece.load();
}

bool HandlerTable::set(uint64_t number, Handler handler) {
  std::atomic<Piece*>& slot = pieces_[number / kPieceSize];
  Piece* piece = slot.load(std::memory_order_relaxed);
  if (piece == nullptr) {
    if (!handler) return true;
    piece = new (std::nothrow) Piece{};
    if (piece == nullptr) return false;
    slot.store(piece, std::memory_order_release);
  }
  (*piece)[number % kPieceSize].store(pack(handler), std::memory_order_release);
  return true;
}

bool HandlerTable::copy_from(const HandlerTable& other) {
  for (size_t i = 0; i < kPieces; ++i) {
    if (pieces_[i].load(std::memory_order_relaxed) == nullptr &&
        other.pieces_[i].load(std::memory_order_acquire) == nullptr) {
      continue;
    }
    for (size_t n = i * kPieceSize; n < (i + 1) * kPieceSize; ++n) {
      if (!set(n, other.find(n))) return false;
    }
  }
  return true;
}

}  // namespace linden::threei
