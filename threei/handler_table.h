// Who answers the calls of one cage, by number.
//
// Lookups are lock-free and never block: an entry is one word, and the pieces that entries lie in
// stay where they are as long as the table. Changes are made by one thread at a time
// (Registry's mutex), and seen by a call that begins after they were made.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "threei/numbers.h"

namespace linden::threei {

// A function of a grate. Grates are known by serial numbers that are never used again, so a handler
// that was read is at worst one of a grate that has ended.
struct Handler {
  uint32_t grate = 0;     // 0: none, what lies beneath all grates answers
  uint32_t function = 0;  // an index into the grate's function table

  explicit operator bool() const { return grate != 0; }
  friend bool operator==(Handler, Handler) = default;
};

class HandlerTable {
 public:
  HandlerTable() = default;
  ~HandlerTable();
  HandlerTable(const HandlerTable&) = delete;

  // No handler for numbers from kNumbers on.
  Handler find(uint64_t number) const {
    if (number >= kNumbers) return {};
    const Piece* piece = pieces_[number / kPieceSize].load(std::memory_order_acquire);
    if (piece == nullptr) return {};
    return unpack((*piece)[number % kPieceSize].load(std::memory_order_acquire));
  }

  // `number` is below kNumbers. False if memory is short.
  bool set(uint64_t number, Handler handler);
  // All entries become those of `other`. False if memory is short; then some have.
  bool copy_from(const HandlerTable& other);
  // Calls change(number, Handler&) for every handler there is.
  template <typename Change>
  void for_each(Change change) {
    for (size_t i = 0; i < kPieces; ++i) {
      Piece* piece = pieces_[i].load(std::memory_order_relaxed);
      if (piece == nullptr) continue;
      for (size_t n = 0; n < kPieceSize; ++n) {
        const Handler before = unpack((*piece)[n].load(std::memory_order_relaxed));
        if (!before) continue;
        Handler handler = before;
        change(i * kPieceSize + n, handler);
        if (handler != before) (*piece)[n].store(pack(handler), std::memory_order_release);
      }
    }
  }

 private:
  static constexpr size_t kPieceSize = 64;
  static constexpr size_t kPieces = kNumbers / kPieceSize;
  using Piece = std::array<std::atomic<uint64_t>, kPieceSize>;

  static uint64_t pack(Handler handler) { return uint64_t{handler.grate} << 32 | handler.function; }
  static Handler unpack(uint64_t word) {
    return {static_cast<uint32_t>(word >> 32), static_cast<uint32_t>(word)};
  }

  std::array<std::atomic<Piece*>, kPieces> pieces_{};
};

}  // namespace linden::threei
